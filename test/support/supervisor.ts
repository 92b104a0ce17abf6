import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { LAUNCHER } from './cli.ts';
import type { Protected } from './protected.ts';

/** One `clawback run`, as on a host of its own. */
export interface Supervisor {
  readonly child: ChildProcess;
  /** Resolves when it, or its command, has said this. */
  said(words: string): Promise<void>;
  log(): string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

export interface SupervisorOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Words before `node`. */
  readonly before?: readonly string[];
}

/** Time enough for a machine that is busy. */
const LONG = ['--lease', '30s', '--grace', '10s'];

/** For tests that wait for a lease to end. */
export const SHORT = ['--lease', '6s', '--grace', '2s'];

export function startSupervisor(
  command: readonly string[],
  { env: usual, home }: Pick<Protected, 'env' | 'home'>,
  { env = usual, flags = LONG, before = [] }: SupervisorOptions = {},
): Supervisor {
  const words = [...before, process.execPath, LAUNCHER, 'run', ...flags, '--', ...command];
  const child = spawn(words[0] ?? '', words.slice(1), { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? null);
  const said = async (text: string): Promise<void> => {
    const deadline = AbortSignal.timeout(90_000);
    while (!log.includes(text)) {
      if (deadline.aborted || child.exitCode !== null) throw new Error(`it has not said "${text}", but:\n${log}`);
      await sleep(20);
    }
  };
  return { child, said, log: () => log, ended };
}
