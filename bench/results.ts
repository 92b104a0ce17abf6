import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What one program needed for one kind of work on one corpus. */
export interface Result {
  readonly work: string;
  readonly corpus: string;
  readonly who: string;
  /** Wall time of each run, in the order of the runs; those of other programs with the same index ran in turn. */
  readonly seconds: readonly number[];
  /** Bytes that it stored, or added to what was stored; null if it stored none. */
  readonly bytes: number | null;
  /** The most memory held in any run, in MiB; null for programs that are not ours. */
  readonly peak: number | null;
}

export interface Section {
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
  readonly machine: string;
  /** Programs that are not among the results, since they were not installed or `--quick` leaves them out. */
  readonly missing: readonly string[];
  readonly results: readonly Result[];
}

/** Sections are kept one by one, so that a bench of half an hour can be taken up where it was left. */
export async function keep(section: Section, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${section.name}.json`), `${JSON.stringify(section, null, 2)}\n`);
}

/** Every section that was kept, in the order given. */
export async function kept(directory: string, order: readonly string[]): Promise<Section[]> {
  const names = new Set(await readdir(directory).catch(() => []));
  const files = order.filter((name) => names.has(`${name}.json`));
  return Promise.all(
    files.map(async (name) => JSON.parse(await readFile(join(directory, `${name}.json`), 'utf8')) as Section),
  );
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2;
}

/** The median of the ratios of runs that were made in turn: it holds when the machine's speed drifts. */
export function ratio(a: Result, b: Result): number {
  const pairs = Math.min(a.seconds.length, b.seconds.length);
  return median(Array.from({ length: pairs }, (_, index) => (a.seconds[index] ?? NaN) / (b.seconds[index] ?? NaN)));
}
