import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Arena } from './arena.ts';

const PEAK = fileURLToPath(new URL('peak.js', import.meta.url));

/** One command line, as a shell takes it, and what it needs besides. */
export interface Command {
  readonly line: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Run {
  /** Wall time. */
  readonly seconds: number;
  /** The most memory that a measured Clawback held at any time, in MiB; null for other programs. */
  readonly peak: number | null;
}

/**
 * Runs a command in the arena's home. Nothing is written to disk by an earlier one meanwhile.
 *
 * @throws Error if the command fails; the arena's signal's reason if that ended it
 */
export async function run({ line, env = {} }: Command, arena: Arena): Promise<Run> {
  const peakFile = join(arena.home, 'peak');
  await rm(peakFile, { force: true });
  await settle();
  arena.signal.throwIfAborted();
  const began = performance.now();
  const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
    env: { ...arena.env, CLAWBACK_BENCH_PEAK: peakFile, ...env },
    cwd: arena.home,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, so that all of a pipeline can be ended.
    detached: true,
  });
  const end = (): boolean => child.pid !== undefined && process.kill(-child.pid);
  arena.signal.addEventListener('abort', end);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - began) / 1000;
  arena.signal.removeEventListener('abort', end);
  arena.signal.throwIfAborted();
  if (code !== 0) throw new Error(`${line}\nended with ${code ?? 'a signal'}: ${said.slice(-2000)}`);
  const mark = await readFile(peakFile, 'utf8').catch(() => null);
  return { seconds, peak: mark === null ? null : Number(mark) / 1024 };
}

/** The command line of a Clawback whose peak of memory is measured. */
export function clawback(words: string, { launcher }: Pick<Arena, 'launcher'>): string {
  const flags = process.env['CLAWBACK_BENCH_NODE'] ?? '';
  return `'${process.execPath}' ${flags} --import '${PEAK}' '${launcher}' ${words} --quiet`;
}

/** What the one before wrote is on the disk before the next one starts. */
async function settle(): Promise<void> {
  await once(spawn('sync'), 'close');
}
