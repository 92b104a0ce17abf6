import { lstat, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../ports/errors.ts';

const JOURNAL = 'swap.json';

export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Renames on one file system each: everything goes out before anything comes in. */
export interface Swap {
  /** Directories to make for what goes out. */
  readonly asides: readonly string[];
  readonly out: readonly Move[];
  readonly in: readonly Move[];
}

/** Several swaps as one: every thing goes out before the first comes in. */
export function together(swaps: readonly Swap[]): Swap {
  return {
    asides: swaps.flatMap(({ asides }) => asides),
    out: swaps.flatMap(({ out }) => out),
    in: swaps.flatMap((swap) => swap.in),
  };
}

/**
 * Carries out a swap, or leaves everything as it was. A kill in the middle leaves a journal, and {@link mendSwap} does the
 * rest.
 *
 * @param stage directory of this run, in which the journal is kept meanwhile
 */
export async function carryOut(swap: Swap, stage: string): Promise<void> {
  const done: Move[] = [];
  await writeFile(join(stage, JOURNAL), JSON.stringify(swap), { mode: 0o600, flush: true });
  try {
    for (const aside of swap.asides) await mkdir(aside, { mode: 0o700 });
    for (const move of [...swap.out, ...swap.in]) {
      await rename(move.from, move.to);
      done.push(move);
    }
  } catch (error) {
    for (const { from, to } of done.reverse()) await rename(to, from);
    await removeEmpty(swap.asides);
    throw error;
  } finally {
    await rm(join(stage, JOURNAL), { force: true });
  }
}

/**
 * Ends a swap in which a run was killed: finishes it if something new has come in already, puts back what went out if not.
 * Nothing is overwritten or removed, so that it does no harm however late it comes.
 */
export async function mendSwap(stage: string): Promise<void> {
  const swap = await readJournal(stage);
  if (swap === null) return;
  const begun = (await Promise.all(swap.in.map(async ({ from }) => !(await isThere(from))))).includes(true);
  for (const { from, to } of begun ? swap.in : swap.out.toReversed().map(inverse)) {
    if ((await isThere(from)) && !(await isThere(to))) await rename(from, to);
  }
  if (!begun) await removeEmpty(swap.asides);
}

export function inverse({ from, to }: Move): Move {
  return { from: to, to: from };
}

/** True if something has this name, be it a link to nothing. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Null if there is none, or a half written one: then nothing was moved yet. */
async function readJournal(stage: string): Promise<Swap | null> {
  try {
    return JSON.parse(await readFile(join(stage, JOURNAL), 'utf8')) as Swap;
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function removeEmpty(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    await rmdir(directory).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTEMPTY') throw error;
    });
  }
}
