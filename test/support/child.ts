import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { LAUNCHER } from './cli.ts';
import type { Protected } from './protected.ts';

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly output: string;
  /** Milliseconds from its first line of progress to its end. */
  readonly worked: number;
}

/** A run of the command line that can be killed. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves when it has said that work has begun, and listens to signals since then. */
  readonly begun: Promise<unknown>;
  readonly ended: Promise<Ended>;
}

/** Starts a command line as a process of its own, which says on stderr how far it is; `before` are words put before it. */
export function startCli(argv: readonly string[], { home, env }: Protected, before: readonly string[] = []): Running {
  const words = [...before, process.execPath, LAUNCHER, ...argv, '--progress', 'json'];
  const child = spawn(words[0] ?? '', words.slice(1), { env: { ...env, UV_THREADPOOL_SIZE: '1' }, cwd: home });
  const begun = Promise.withResolvers<undefined>();
  let output = '';
  let began = Number.NaN;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (!text.includes('"event":"start"') || !Number.isNaN(began)) return;
    began = performance.now();
    begun.resolve(undefined);
  });
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => {
    begun.resolve(undefined);
    return { code: code ?? null, output, worked: performance.now() - began };
  });
  return { child, begun: begun.promise, ended };
}

/** Command lines of all processes that have to do with this directory: that name it, or have it in their environment. */
export async function processesOf(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const command = await read('cmdline');
    if (command.includes(directory) || (await read('environ')).includes(directory)) {
      found.push(`${pid} ${command.replaceAll('\0', ' ')}`);
    }
  }
  return found;
}
