import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearseBackup } from '../src/commands/backup.ts';
import { cat as readOne } from '../src/commands/cat.ts';
import { drain } from '../src/core/archive/met.ts';
import { countingContext } from '../test/support/counting-context.ts';
import { type CountingStorage } from '../test/support/counting-storage.ts';
import { clawback, type Measured, shell } from './measured.ts';

/** One installation under measurement. */
export interface Work {
  /** A throwaway home: Clawback's configuration and keys, the destination, what is restored. */
  readonly home: string;
  readonly state: string;
  readonly files: number;
  /** Bytes that a backup captures. */
  readonly size: number;
}

export interface Cost extends Measured {
  /** Seconds that the stock tools need for the same; null if they are not here. */
  readonly stockSeconds: number | null;
}

export async function prepare(state: string): Promise<Work> {
  const home = await mkdtemp(join(tmpdir(), 'clawback-bench-'));
  await mkdir(join(home, 'nas'));
  await clawback(
    ['init', '--destination', join(home, 'nas'), '--state-dir', state, '--instance', 'bench', '--yes'],
    home,
  );
  const { files, bytes } = await rehearseBackup(
    { destinations: [], full: false },
    (await countingContext(home)).context,
  );
  return { home, state, files, size: bytes };
}

export async function backup({ home, state }: Work): Promise<Cost> {
  const recipient = /public key: (\S+)/.exec(await readFile(join(home, '.config/clawback/identity.txt'), 'utf8'))?.[1];
  const measured = await clawback(['backup'], home);
  return {
    ...measured,
    stockSeconds: await shell(`tar -c -C '${state}' . | zstd -3 -T2 -q | age -r ${recipient} -o stock.age`, home),
  };
}

export async function verify({ home }: Work): Promise<Cost> {
  const measured = await clawback(['verify', 'latest'], home);
  return { ...measured, stockSeconds: await shell(`${OPEN} | sha256sum`, home) };
}

export async function restore({ home }: Work): Promise<Cost> {
  const measured = await clawback(['restore', 'latest', '--target', join(home, 'restored'), '--no-drill'], home);
  return { ...measured, stockSeconds: await shell(`mkdir stock && ${OPEN} | tar -x -C stock`, home) };
}

const OPEN = 'age -d -i .config/clawback/identity.txt stock.age | zstd -d -q';

/** What reading one file of the latest snapshot asks of the storage. */
export async function cat({ home }: Work, path: string): Promise<CountingStorage> {
  const { context, opened } = await countingContext(home);
  const { content } = await readOne({ snapshot: 'latest', path }, context);
  await drain(content);
  const [storage] = opened;
  if (storage === undefined) throw new Error('cat opened no storage');
  return storage;
}
