import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snapshotId, snapshotKey } from '../../src/core/snapshot-id.ts';
import { runCli } from '../support/cli.ts';
import { golden } from '../support/golden.ts';
import { directory, FACTS, file, IDENTITY, packed, symlink, TRUST } from '../support/snapshots.ts';
import { stock } from '../support/stock.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const READER = join(import.meta.dirname, '..', 'support', 'second_reader.py');
const run = promisify(execFile);

let place: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  place = await temporaryDirectory();
});

afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

test('a reader written from docs/format.md alone lists and proves a snapshot, and agrees with clawback ls', async () => {
  expect(await listedByTheSecond(golden)).toEqual(await listedByClawback(golden));
});

test('they agree on a snapshot of many frames and pages too', async () => {
  const many = Array.from({ length: 1500 }, (_, index) => file(`state/many/${index} ÿ 🦞`, `content ${index}`));
  const large = file('state/large', Buffer.alloc(9 * 1024 * 1024, 'not very random, but large enough'));
  const link = symlink('state/link', 'large');
  const { bytes, digest, manifest } = await packed([large, directory('state'), directory('state/many'), ...many, link]);
  expect(manifest.files.pages.length).toBeGreaterThan(1);
  const storage = join(place.path, 'many');
  const key = snapshotKey(FACTS.instance, snapshotId(FACTS.createdAt, digest));
  await mkdir(join(storage, FACTS.instance), { recursive: true });
  await writeFile(join(storage, key), bytes);
  const identity = join(place.path, 'identity.txt');
  await writeFile(identity, `${IDENTITY}\n`);
  const snapshot = { storage, file: join(storage, key), identity, signer: TRUST.signers[0] ?? '' };
  expect(await listedByTheSecond(snapshot)).toEqual(await listedByClawback(snapshot));
});

test('it refuses a snapshot that was renamed to another time', async () => {
  const directory = join(place.path, golden.instance);
  await mkdir(directory);
  const copy = join(directory, golden.key.slice(golden.instance.length + 1).replace(/^\d{4}/, '2031'));
  await writeFile(join(directory, 'copy'), await readFile(golden.file));
  await rename(join(directory, 'copy'), copy);
  await expect(secondReader({ ...golden, file: copy })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('rule 6') as string,
  });
});

test('the signature is checked by the commands that docs/format.md shows', async () => {
  const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'format.md'), 'utf8');
  const commands = /```sh\n(b64\(\)[\s\S]*?)```/.exec(page)?.[1] ?? 'false';
  const sealed = await readFile(golden.file);
  const plain = await stock('age', ['-d', '-i', golden.identity], sealed);
  await stock('tar', ['-x', '-C', place.path, 'clawback'], await stock('zstd', ['-d', '-q', '-c'], plain));
  const signed = JSON.parse(await readFile(join(place.path, 'clawback', 'manifest.sig'), 'utf8')) as Record<
    string,
    string
  >;
  const env = { PATH: process.env['PATH'], key: signed['signer']?.slice('ed25519:'.length), sig: signed['signature'] };
  const check = (): Promise<{ stdout: string }> => run('sh', ['-euc', commands], { cwd: place.path, env });
  expect((await check()).stdout).toContain('Signature Verified Successfully');

  const manifest = await readFile(join(place.path, 'clawback', 'manifest.json'), 'utf8');
  await writeFile(join(place.path, 'clawback', 'manifest.json'), manifest.replace('"full"', '"Full"'));
  await expect(check()).rejects.toMatchObject({ stdout: expect.stringContaining('Failure') as string });
});

interface Stored {
  readonly storage: string;
  readonly file: string;
  readonly identity: string;
  readonly signer: string;
}

async function listedByTheSecond(snapshot: Stored): Promise<unknown> {
  return JSON.parse((await secondReader(snapshot)).stdout);
}

async function listedByClawback({ storage, identity, signer }: Stored): Promise<unknown> {
  const words = [
    'ls',
    'latest',
    '--recursive',
    '--json',
    '--from',
    storage,
    '--identity',
    identity,
    '--signer',
    signer,
  ];
  return JSON.parse((await runCli(words, { env: { HOME: place.path } })).stdout);
}

function secondReader({ file, identity, signer }: Stored): Promise<{ stdout: string }> {
  return run('python3', [READER, file, identity, signer], { maxBuffer: 64 * 1024 * 1024 });
}
