import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../bin/clawback.js', import.meta.url));
const PEAK = fileURLToPath(new URL('peak.ts', import.meta.url));

export interface Measured {
  /** The most memory held at any time, in MiB. */
  readonly peak: number;
  readonly seconds: number;
}

/** Runs one command line of Clawback as a process of its own, in a home of its own; fails if it does. */
export async function clawback(words: readonly string[], home: string): Promise<Measured> {
  const peakFile = join(home, 'peak');
  const flags = (process.env['CLAWBACK_BENCH_NODE'] ?? '').split(' ').filter((flag) => flag !== '');
  const env = { ...environment(home), CLAWBACK_BENCH_PEAK: peakFile };
  const seconds = await run(process.execPath, [...flags, '--import', PEAK, LAUNCHER, ...words, '--json'], { env });
  return { peak: Number(await readFile(peakFile, 'utf8')) / 1024, seconds };
}

/** Seconds that a pipeline of stock tools needs; null if one of them is not installed. */
export async function shell(pipeline: string, home: string): Promise<number | null> {
  const isHere = ['age', 'zstd', 'tar'].every((tool) => spawnSync(tool, ['--version']).status === 0);
  if (!isHere) return null;
  return run('bash', ['-o', 'pipefail', '-c', pipeline], { env: environment(home), cwd: home });
}

async function run(
  program: string,
  words: readonly string[],
  options: { readonly env: Record<string, string>; readonly cwd?: string },
): Promise<number> {
  const began = performance.now();
  const child = spawn(program, words, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${code ?? 'a signal'}`);
  return (performance.now() - began) / 1000;
}

function environment(home: string): Record<string, string> {
  return { HOME: home, PATH: process.env['PATH'] ?? '' };
}
