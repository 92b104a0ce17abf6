import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Arena, type ArenaRequest, openArena } from './arena.ts';
import { type Contest, emptied } from './contest.ts';
import type { Contestant } from './contestants.ts';
import { corpus, type CorpusName } from './corpora.ts';
import { run } from './run.ts';

/** What every section is given. */
export interface Setting {
  /** Where states are kept from one bench to the next. */
  readonly cacheDir: string;
  readonly launcher: string;
  readonly contestants: readonly Contestant[];
  readonly runs: number;
  /** A small corpus instead of the large ones. */
  readonly quick: boolean;
  /** Ends the bench before its time. */
  readonly signal: AbortSignal;
}

export function chosen({ quick }: Setting, names: readonly CorpusName[]): readonly CorpusName[] {
  return quick ? ['quick'] : names;
}

/** An arena around a corpus, which nothing may change, and which is in memory. */
export async function around(
  name: CorpusName,
  { cacheDir, launcher, signal }: Setting,
  { directory }: Pick<ArenaRequest, 'directory'> = {},
): Promise<Arena> {
  const request = { launcher, signal, state: () => corpus(name, cacheDir) };
  const arena = await openArena(directory === undefined ? request : { ...request, directory });
  await inMemory(arena);
  return arena;
}

/** Has the system read what is to be backed up: some programs have it forget what they have read, and the next would wait for the disk. */
export async function inMemory(arena: Arena): Promise<void> {
  await run({ line: `find '${arena.state}' -type f -exec cat {} + > /dev/null` }, arena);
}

/** An arena around a copy of these parts of a corpus, which may change. */
export function onCopy(name: CorpusName, parts: readonly string[], setting: Setting): Promise<Arena> {
  const { cacheDir, launcher, signal } = setting;
  const state = async (home: string): Promise<string> => {
    const [original, copy] = [await corpus(name, cacheDir), join(home, 'state')];
    for (const part of parts) {
      await mkdir(dirname(join(copy, part)), { recursive: true });
      // Node's own takes minutes for a hundred thousand files.
      await promisify(execFile)('cp', ['-a', join(original, part), join(copy, part)]);
    }
    // Nobody's state is as young as this: what was touched in the last two seconds would be read again by every backup.
    await sleep(3000, undefined, { signal });
    return copy;
  };
  return openArena({ launcher, signal, state });
}

export function contest({ contestants, runs }: Setting, name: string, arena: Arena): Contest {
  return { arena, contestants, corpus: name, runs };
}

export function firstOf({ first, backup: usual }: Contestant): Contestant['backup'] {
  return first ?? usual;
}

/** Gives a contestant a store with one backup in it. */
export async function fill(contestant: Contestant, arena: Arena): Promise<void> {
  await emptied(contestant, arena);
  await run(firstOf(contestant)(arena), arena);
}
