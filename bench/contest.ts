import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arena } from './arena.ts';
import type { Contestant } from './contestants.ts';
import type { Result } from './results.ts';
import { type Command, run } from './run.ts';

export interface Contest {
  readonly arena: Arena;
  readonly contestants: readonly Contestant[];
  readonly corpus: string;
  readonly runs: number;
}

/** A kind of work: what each contestant runs, and what is done before each of its runs. */
export interface Work {
  readonly name: string;
  readonly command: (contestant: Contestant) => ((arena: Arena) => Command) | undefined;
  readonly before?: (contestant: Contestant) => Promise<void>;
  /** Before each round of all contestants. */
  readonly beforeRound?: () => Promise<void>;
  /** True if it adds to what is stored. */
  readonly stores: boolean;
}

/**
 * Lets all contestants do a piece of work in turn, several times. Each round begins with another: what a program leaves in the memory and
 * the caches of the machine is found by all others alike.
 */
export async function compete(work: Work, { arena, contestants, corpus, runs }: Contest): Promise<Result[]> {
  const seconds = new Map<Contestant, number[]>();
  const bytes = new Map<Contestant, number>();
  const peaks = new Map<Contestant, number>();
  for (let round = 0; round < runs; round++) {
    await work.beforeRound?.();
    const first = round % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const command = work.command(contestant);
      if (command === undefined || round >= (contestant.most ?? runs)) continue;
      await work.before?.(contestant);
      const stored = await sizeOf(join(arena.home, contestant.store));
      const measured = await run(command(arena), arena);
      seconds.set(contestant, [...(seconds.get(contestant) ?? []), measured.seconds]);
      bytes.set(contestant, (await sizeOf(join(arena.home, contestant.store))) - stored);
      if (measured.peak !== null) peaks.set(contestant, Math.max(measured.peak, peaks.get(contestant) ?? 0));
      console.log(`${work.name}, ${corpus}: ${contestant.name} ${measured.seconds.toFixed(2)} s`);
    }
  }
  return [...seconds].map(([contestant, times]) => ({
    ...{ work: work.name, corpus, who: contestant.name, seconds: times },
    bytes: work.stores ? (bytes.get(contestant) ?? 0) : null,
    peak: peaks.get(contestant) ?? null,
  }));
}

/** Gives a contestant an empty store. */
export async function emptied(contestant: Contestant, arena: Arena): Promise<void> {
  await rm(join(arena.home, contestant.store), { recursive: true, force: true });
  await mkdir(join(arena.home, contestant.store));
  if (contestant.begin !== undefined) await run(contestant.begin(arena), arena);
}

/** An empty directory for what is restored. */
export async function emptyTarget({ home }: Arena): Promise<void> {
  await rm(join(home, 'into'), { recursive: true, force: true });
  await mkdir(join(home, 'into'));
}

/** The same, with what was restored before left where it is: ext4 makes files slowly for a while after as many were deleted. */
export async function anotherTarget({ home }: Arena): Promise<void> {
  await rename(join(home, 'into'), join(home, `into-${randomUUID()}`)).catch(() => undefined);
  await mkdir(join(home, 'into'));
}

/** Sum of the sizes of all files in a directory; 0 if there is none. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
