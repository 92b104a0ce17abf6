import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scratch } from './scratch.ts';

/** Where one corpus is fought over: a throwaway home with Clawback's configuration and keys, and a directory for each store. */
export interface Arena extends AsyncDisposable {
  readonly home: string;
  /** The state directory to back up. */
  readonly state: string;
  readonly launcher: string;
  readonly env: Readonly<Record<string, string>>;
  readonly recipient: string;
  /** Ends what runs in it. */
  readonly signal: AbortSignal;
}

export interface ArenaRequest {
  /** Of the Clawback to measure. */
  readonly launcher: string;
  readonly signal: AbortSignal;
  /** Where the home is made; else wherever {@link scratch} says. */
  readonly directory?: string;
  /** Gives, or makes within the home, the state directory. */
  readonly state: (home: string) => Promise<string>;
}

export async function openArena(request: ArenaRequest): Promise<Arena> {
  const { launcher, signal, directory = scratch() } = request;
  await using made = new AsyncDisposableStack();
  const home = await mkdtemp(join(directory, `clawback-bench-${process.pid}-`));
  made.defer(() => rm(home, { recursive: true, force: true }));
  const state = await request.state(home);
  const env = { HOME: home, PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1' };
  await mkdir(join(home, 'nas'));
  const init = ['init', '--destination', join(home, 'nas'), '--state-dir', state, '--instance', 'bench', '--yes'];
  execFileSync(process.execPath, [launcher, ...init], { env, cwd: home, stdio: 'ignore' });
  const identity = await readFile(join(home, '.config/clawback/identity.txt'), 'utf8');
  const [, recipient = ''] = /public key: (\S+)/.exec(identity) ?? [];
  const kept = made.move();
  return {
    ...{ home, state, launcher, env, recipient, signal },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Removes what benches that were killed left behind: gigabytes. */
export async function sweep(): Promise<void> {
  for (const directory of new Set([scratch(), tmpdir()])) {
    for (const name of await readdir(directory)) {
      const [, pid] = /^clawback-bench-(\d+)-/.exec(name) ?? [];
      if (pid !== undefined && !runs(Number(pid))) await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
