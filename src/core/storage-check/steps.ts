import { createHash, randomBytes } from 'node:crypto';
import { ClawbackError, hasCode } from '../../ports/errors.ts';
import type { Trial } from './trial.ts';

export interface Answer {
  readonly status: 'ok' | 'warn' | 'fail';
  readonly evidence: string;
  readonly fix?: string;
}

/** One promise of the contract (`src/ports/storage.ts`), as a question to a storage. */
export interface Step {
  readonly id: 'clock' | 'write' | 'list' | 'overwrite' | 'read' | 'range' | 'missing' | 'large' | 'delete' | 'sweep';
  /** What the storage does if the answer is yes. */
  readonly title: string;
  /** True if the questions after it mean nothing once it has failed. */
  readonly isVital: boolean;
  take(trial: Trial): Promise<Answer>;
}

const MiB = 1024 * 1024;
/** More than one part on every storage that knows parts. */
const LARGE_BYTES = 20 * MiB;
/** Milliseconds. */
const TOLERATED_DRIFT = 60_000;
const SMALL = randomBytes(64 * 1024);
/** In the order of their bytes, and put in another. */
const LISTED = ['list/1', 'list/10', 'list/2', 'list/B', 'list/a/1'];

/** What a backup needs comes first, what a restore needs after it. */
export const STEPS: readonly Step[] = [
  { id: 'clock', title: 'has the same time as this host', isVital: false, take: clock },
  { id: 'write', title: 'stores an object', isVital: true, take: write },
  { id: 'list', title: 'lists by prefix, in key order, at once', isVital: true, take: list },
  { id: 'overwrite', title: 'refuses to overwrite', isVital: false, take: overwrite },
  { id: 'large', title: 'stores and reads an object of many parts', isVital: false, take: large },
  { id: 'read', title: 'gives back what was stored', isVital: false, take: unlessUnreadable(read) },
  { id: 'range', title: 'gives any part of an object', isVital: false, take: unlessUnreadable(range) },
  { id: 'missing', title: 'says what is not there', isVital: false, take: unlessUnreadable(missing) },
  { id: 'delete', title: 'deletes', isVital: false, take: remove },
  { id: 'sweep', title: 'shows what killed uploads left behind', isVital: false, take: sweep },
];

/** First of all: a clock that is wrong explains what fails after it. Seconds is all that the date of an answer tells. */
async function clock(trial: Trial): Promise<Answer> {
  const asked = trial.now();
  const time = await trial.serverTime().catch((error: unknown) => {
    if (error instanceof ClawbackError && error.code !== 'ABORTED') return error;
    throw error;
  });
  if (time instanceof ClawbackError) {
    return { status: 'warn', evidence: `it did not tell: ${time.message}`, fix: time.hint ?? 'see what follows' };
  }
  if (time === null) return ok('it tells no time, and asks for none');
  const drift = (asked + trial.now()) / 2 - time.getTime();
  const apart = Math.round(Math.abs(drift) / 1000);
  if (Math.abs(drift) <= TOLERATED_DRIFT) return ok(apart <= 1 ? 'within a second' : `${apart} s apart`);
  return {
    status: 'warn',
    evidence: `the clock of this host is ${apart} s ${drift > 0 ? 'ahead of' : 'behind'} that of the storage`,
    fix: 'set the clock of this host (timedatectl set-ntp true): most services refuse whoever is 15 minutes off',
  };
}

async function write(trial: Trial): Promise<Answer> {
  await trial.put('small', SMALL);
  return ok(`64 KiB as ${trial.prefix}small`);
}

async function list(trial: Trial): Promise<Answer> {
  for (const name of LISTED.toReversed()) await trial.put(name, SMALL.subarray(0, 1));
  const found = await trial.list('list/');
  const names = found.map(({ key }) => key).join(' ');
  if (names !== LISTED.join(' ')) return fail(`expected ${LISTED.join(' ')}, found ${names}`);
  if (found.some(({ size }) => size !== 1)) return fail('the sizes in the list are not those of the objects');
  const some = (await trial.list('list/1')).map(({ key }) => key);
  if (some.join(' ') !== 'list/1 list/10') return fail(`the prefix list/1 gave ${some.join(' ')}`);
  return ok(`${LISTED.length} objects, each seen as soon as it was stored`);
}

async function overwrite(trial: Trial): Promise<Answer> {
  await trial.put('once', SMALL);
  const outcome = await refusalOf(trial.put('once', randomBytes(10)));
  if (outcome === null) return fail('an object that was there was replaced', 'let nobody else write there');
  if (outcome.code === 'DENIED') {
    return { status: 'warn', evidence: 'a second put is denied, which cannot be told from no permission at all' };
  }
  if (outcome.code !== 'EXISTS') throw outcome;
  const [kept] = await trial.list('once');
  return kept?.size === SMALL.length ? ok('the first object is still there') : fail('the first object is gone');
}

async function large(trial: Trial): Promise<Answer> {
  const bytes = randomBytes(LARGE_BYTES);
  const began = trial.now();
  await trial.put('large', bytes);
  const stored = trial.now();
  const [found] = await trial.list('large');
  if (found?.size !== LARGE_BYTES) return fail(`it is listed with ${found?.size ?? 'no'} bytes of ${LARGE_BYTES}`);
  const up = `20 MiB up at ${rate(stored - began)}`;
  const reading = trial.now();
  const digest = await trial.digest('large').catch((error: unknown) => {
    if (hasCode(error, 'DENIED')) return null;
    throw error;
  });
  if (digest === null) return ok(`${up}; not read back`);
  const down = `down at ${rate(trial.now() - reading)}`;
  return digest === createHash('sha256').update(bytes).digest('hex')
    ? ok(`${up}, ${down}`)
    : fail('what came back is not what was stored');
}

async function read(trial: Trial): Promise<Answer> {
  return (await trial.get('small')).equals(SMALL) ? ok('byte for byte') : fail('what came back is not what was stored');
}

async function range(trial: Trial): Promise<Answer> {
  for (const [start, end] of [
    [0, 1],
    [1000, 2000],
    [SMALL.length - 10, SMALL.length + 10],
  ] as const) {
    const part = await trial.get('small', { start, end });
    if (!part.equals(SMALL.subarray(start, end))) {
      return fail(`bytes ${start} to ${end} are not those that were stored`, 'look for a proxy or a cache in between');
    }
  }
  return ok('at the start, in the middle and across the end');
}

async function missing(trial: Trial): Promise<Answer> {
  const outcome = await refusalOf(trial.get('never-stored'));
  if (outcome === null) return fail('an object that was never stored was read');
  if (outcome.code !== 'NOT_FOUND') throw outcome;
  return ok('an object that was never stored is not found');
}

async function remove(trial: Trial): Promise<Answer> {
  for (const name of trial.made) {
    try {
      await trial.delete(name);
    } catch (error) {
      if (!hasCode(error, 'DENIED')) throw error;
      return {
        status: 'warn',
        evidence: `delete refused: write-once. What this check stored stays at ${trial.prefix}`,
        fix: 'good against whoever takes over this host; prune needs other credentials, or a lifecycle rule',
      };
    }
  }
  await trial.delete('small');
  const left = await trial.list('');
  return left.length === 0
    ? ok('everything that this check stored; deleting it again is no error')
    : fail(`${left.length} objects are still listed after they were deleted`);
}

async function sweep(trial: Trial): Promise<Answer> {
  try {
    await trial.sweep();
    return ok('so that prune can clear it');
  } catch (error) {
    if (!hasCode(error, 'DENIED')) throw error;
    return {
      status: 'warn',
      evidence: 'that is refused: a backup works with these credentials',
      fix: error.hint ?? 'prune needs other credentials',
    };
  }
}

/** Credentials that may write and not read are a fine thing to back up with, and a remark here. */
function unlessUnreadable(question: (trial: Trial) => Promise<Answer>): (trial: Trial) => Promise<Answer> {
  return async (trial) => {
    try {
      return await question(trial);
    } catch (error) {
      if (!hasCode(error, 'DENIED')) throw error;
      return {
        status: 'warn',
        evidence: 'reading is refused: a backup works with these credentials',
        fix: 'verify, restore and drill need credentials that may read',
      };
    }
  };
}

/** What an operation is refused with; null if it is not. */
async function refusalOf(operation: Promise<unknown>): Promise<ClawbackError | null> {
  try {
    await operation;
    return null;
  } catch (error) {
    if (error instanceof ClawbackError) return error;
    throw error;
  }
}

function ok(evidence: string): Answer {
  return { status: 'ok', evidence };
}

function fail(evidence: string, fix = 'this storage is not fit for backups as it is; see docs/storage.md'): Answer {
  return { status: 'fail', evidence, fix };
}

/** How fast the large object went in so many milliseconds. */
function rate(milliseconds: number): string {
  return `${(LARGE_BYTES / MiB / Math.max(milliseconds / 1000, 0.001)).toFixed(1)} MiB/s`;
}
