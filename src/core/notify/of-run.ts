import type { NotifiedEvent, Notification } from '../../ports/notifier.ts';
import type { BackupRun, DrillRun, Job, PruneRun, Run, VerifyRun } from '../history.ts';
import { GOOD_ENDS } from './subscription.ts';

/** Where and when it is said. */
export type Saying = Pick<Notification, 'instance' | 'hostname' | 'at'>;

/** What a job says at its beginning, to services that measure how long it takes. */
export function startOf(job: Job, saying: Saying): Notification {
  const summary = `${job} of ${saying.instance} started`;
  return { ...saying, job, event: 'start', ok: true, summary, details: [], snapshot: null, seconds: null, bytes: null };
}

/** What a run that has ended is worth saying; null if it is no news: a prune that went well, or what a person has interrupted. */
export function endOf(run: Run, saying: Saying): Notification | null {
  if (run.error?.code === 'ABORTED') return null;
  const { ok, what, details } = news(run);
  const event = eventOf(run, ok);
  if (event === null) return null;
  return {
    ...saying,
    event,
    job: run.job,
    ok,
    summary: `${run.job} of ${saying.instance} ${what}`,
    details,
    snapshot: 'snapshot' in run ? (run.snapshot ?? null) : null,
    seconds: run.seconds,
    bytes: 'bytes' in run ? (run.bytes ?? null) : null,
    ...('destinations' in run ? { destinations: run.destinations.map(({ name, ok }) => ({ name, ok })) } : {}),
    ...('verdict' in run ? { verdict: run.verdict } : {}),
  };
}

/** A drill and a verify that could not be carried out have found nothing: that is a failure like any other. */
function eventOf({ job, error }: Run, ok: boolean): NotifiedEvent | null {
  const end = GOOD_ENDS[job];
  return ok || (error === undefined && (job === 'verify' || job === 'drill')) ? end : 'failure';
}

interface News {
  readonly ok: boolean;
  /** Goes on after `backup of prod-1`. */
  readonly what: string;
  /** The most important first. */
  readonly details: readonly string[];
}

function news(run: Run): News {
  if (run.error !== undefined) {
    const { message, hint } = run.error;
    return { ok: false, what: 'failed', details: [message, ...(hint === undefined ? [] : [`to do: ${hint}`])] };
  }
  switch (run.job) {
    case 'backup':
      return ofBackup(run);
    case 'verify':
      return ofVerify(run);
    case 'drill':
      return ofDrill(run);
    case 'prune':
      return ofPrune(run);
  }
}

function ofBackup({ destinations = [], damaged = false, bytes, seconds }: BackupRun): News {
  const failed = destinations.filter(({ ok }) => !ok);
  const holders = destinations.filter(({ ok }) => ok).map(({ name }) => name);
  const size = bytes === undefined ? '' : `${megabytes(bytes)} `;
  const stored = holders.length === 0 ? '' : `${size}stored in ${listed(holders)} in ${Math.ceil(seconds)} s`;
  return {
    ok: failed.length === 0 && !damaged,
    what:
      failed.length === 0 ? (damaged ? 'holds damage' : 'is done') : holders.length === 0 ? 'failed' : 'failed in part',
    details: [
      ...failed.map(({ name, error }) => `${name} failed: ${error ?? 'see the log of the run'}`),
      ...(damaged ? ['a database of the source is corrupt; the snapshot holds it as it is'] : []),
      stored,
      ...(failed.length > 0
        ? ['to do: clawback storage check, for what failed; the next backup sends what is missing']
        : []),
      ...(damaged ? ['to do: clawback backup names the database; restore it from an older snapshot'] : []),
    ],
  };
}

function ofVerify({ ok, copies = 0, bad = 0 }: VerifyRun): News {
  return {
    ok,
    what: ok ? 'found everything whole' : 'found damage',
    details: ok
      ? [`${copies} of ${copies} copies are as they were written`]
      : [
          `${bad} of ${copies} copies are not as they were written`,
          'to do: clawback verify --all, and take a new backup',
        ],
  };
}

function ofDrill({ ok, verdict = 'incomplete' }: DrillRun): News {
  return {
    ok,
    what: VERDICTS[verdict],
    details: ok ? [] : ['to do: clawback drill, which says what is wrong and what mends it'],
  };
}

const VERDICTS = {
  pass: 'passed',
  warn: 'passed with warnings',
  fail: 'FAILED',
  incomplete: 'is INCOMPLETE: it proves nothing',
};

function ofPrune({ ok }: PruneRun): News {
  return { ok, what: ok ? 'is done' : 'was held back', details: ok ? [] : ['to do: clawback prune --explain'] };
}

// Made when there is something to say: the first of these loads the data of a language, which takes 10 ms of every start.

function megabytes(bytes: number): string {
  const format = new Intl.NumberFormat('en', { style: 'unit', unit: 'megabyte', maximumSignificantDigits: 3 });
  return format.format(bytes / 1e6);
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
}
