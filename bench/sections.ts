import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { cat } from '../src/commands/cat.ts';
import { drain } from '../src/core/archive/met.ts';
import { countingContext } from '../test/support/counting-context.ts';
import { type Arena, openArena } from './arena.ts';
import { change } from './changes.ts';
import { compete, type Contest, emptied, emptyTarget } from './contest.ts';
import { type Contestant } from './contestants.ts';
import { corpus, type CorpusName, ONE_FILE } from './corpora.ts';
import { type Result } from './results.ts';
import { clawback, run } from './run.ts';

export interface Bench {
  readonly cacheDir: string;
  readonly launcher: string;
  readonly contestants: readonly Contestant[];
  readonly runs: number;
  /** A small corpus instead of the large ones. */
  readonly quick: boolean;
}

/** What `npm run bench -- NAME` runs; all of them without a name. */
export const SECTIONS: Readonly<Record<string, (bench: Bench) => Promise<Result[]>>> = {
  backup,
  restore,
  repeat,
  memory,
  start,
};

/** The first backup into an empty store. */
async function backup(bench: Bench): Promise<Result[]> {
  const results: Result[] = [];
  for (const name of chosen(bench, ['mixed', 'media'])) {
    await using arena = await open(bench, name);
    const before = (contestant: Contestant): Promise<void> => emptied(contestant, arena);
    const command = firstOf;
    results.push(
      ...(await compete({ name: 'first backup', command, before, stores: true }, contest(bench, name, arena))),
    );
  }
  return results;
}

/** What comes after it: is it whole, all of it back, one file back. */
async function restore(bench: Bench): Promise<Result[]> {
  const [name = 'mixed'] = chosen(bench, ['mixed']);
  await using arena = await open(bench, name);
  const able = { ...contest(bench, name, arena) };
  const contestants = able.contestants.filter((contestant) => contestant.restore !== undefined);
  for (const contestant of contestants) await fill(contestant, arena);
  const before = (): Promise<void> => emptyTarget(arena);
  const rest = { ...able, contestants };
  return [
    ...(await compete({ name: 'verify', command: (one) => one.verify, before, stores: false }, rest)),
    ...(await compete({ name: 'full restore', command: (one) => one.restore, before, stores: false }, rest)),
    ...(await compete({ name: 'one file of 10 kB', command: (one) => one.one, before, stores: false }, rest)),
  ];
}

/** Backups of a state that is backed up already: as it was, and after a day's work. */
async function repeat(bench: Bench): Promise<Result[]> {
  const results: Result[] = [];
  for (const name of chosen(bench, ['mixed', 'small'])) {
    await using original = await open(bench, name);
    // A copy: this one changes.
    const state = join(original.home, 'state');
    await cp(original.state, state, { recursive: true, preserveTimestamps: true });
    await using arena = await openArena(state, bench.launcher);
    const contestants = bench.contestants.filter(({ remembers, name: who }) => remembers || who === 'tar, zstd, age');
    const here = { ...contest(bench, name, arena), contestants };
    for (const contestant of contestants) await fill(contestant, arena);
    const command = (contestant: Contestant): Contestant['backup'] => contestant.backup;
    results.push(...(await compete({ name: 'nothing changed', command, stores: true }, here)));
    let round = 0;
    const beforeRound = (): Promise<void> => change(state, `${name} ${round++}`);
    results.push(...(await compete({ name: '1 % changed', command, beforeRound, stores: true }, here)));
  }
  return results;
}

/** What Clawback itself costs as states grow; and one small file out of a large one. */
async function memory(bench: Bench): Promise<Result[]> {
  const results: Result[] = [];
  const ours = bench.contestants.filter(({ name }) => name === 'Clawback');
  for (const name of chosen(bench, ['mixed', 'large', 'small'])) {
    await using arena = await open(bench, name);
    const here = { ...contest(bench, name, arena), contestants: ours, runs: Math.min(bench.runs, 2) };
    const before = (): Promise<void> => emptyTarget(arena);
    const works = {
      backup: firstOf,
      verify: (one: Contestant) => one.verify,
      restore: (one: Contestant) => one.restore,
    };
    for (const [work, command] of Object.entries(works)) {
      results.push(...(await compete({ name: `memory of ${work}`, command, before, stores: false }, here)));
    }
    if (name === 'small') continue;
    results.push(
      ...(await compete({ name: 'one file of 10 kB', command: (one) => one.one, before, stores: false }, here)),
    );
    const bytes = await readForOne(arena);
    results.push({
      ...{ work: 'one file of 10 kB, bytes read', corpus: name, who: 'Clawback' },
      seconds: [],
      bytes,
      peak: null,
    });
  }
  return results;
}

/** How long a person waits for what needs no work. */
async function start(bench: Bench): Promise<Result[]> {
  const [name = 'quick'] = chosen(bench, ['quick']);
  await using arena = await open(bench, name);
  const measured = async (work: string, line: string): Promise<Result> => {
    const seconds: number[] = [];
    for (let index = 0; index < 15; index++) seconds.push((await run({ line }, arena)).seconds);
    return { work, corpus: 'cold start', who: 'Clawback', seconds, bytes: null, peak: null };
  };
  return [
    { ...(await measured('node alone', `'${process.execPath}' -e 0`)), work: '--help', who: 'node alone' },
    await measured('--help', clawback('--help', arena)),
    await measured('list file://', clawback(`list --from 'file://${arena.home}/nas'`, arena)),
  ];
}

function chosen({ quick }: Bench, names: readonly CorpusName[]): readonly CorpusName[] {
  return quick ? ['quick'] : names;
}

async function open({ cacheDir, launcher }: Bench, name: CorpusName): Promise<Arena> {
  return openArena(await corpus(name, cacheDir), launcher);
}

function contest({ contestants, runs }: Bench, name: string, arena: Arena): Contest {
  return { arena, contestants, corpus: name, runs };
}

function firstOf({ first, backup: usual }: Contestant): Contestant['backup'] {
  return first ?? usual;
}

async function fill(contestant: Contestant, arena: Arena): Promise<void> {
  await emptied(contestant, arena);
  await run(firstOf(contestant)(arena), arena);
}

/** Bytes that reading one small file asks of the storage. */
async function readForOne({ home }: Arena): Promise<number> {
  const { context, opened } = await countingContext(home);
  const { content } = await cat({ snapshot: 'latest', path: `state/${ONE_FILE}` }, context);
  await drain(content);
  return opened.reduce((sum, { asked }) => sum + asked, 0);
}
