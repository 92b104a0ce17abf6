import type { Counts } from './archive/manifest.ts';
import type { BackupRun, Run } from './history.ts';

/** A snapshot that holds so much less than the last good one that a person should look before older ones are let go. */
export interface Alarm {
  readonly snapshot: string;
  /** At least one, such as `devices fell from 6 to 0`. */
  readonly findings: readonly string[];
}

/** `20261122T203437Z-… is suspicious: devices fell from 6 to 0`. */
export function alarmText({ snapshot, findings }: Alarm): string {
  return `${snapshot} is suspicious: ${findings.join(', ')}`;
}

/** What the history says of snapshots. */
export interface Suspicions {
  /** Oldest first; none that a person has confirmed. */
  readonly alarms: readonly Alarm[];
  /** Ids of snapshots that hold less than they should, as far as is known: with an alarm, or not captured whole. */
  readonly bad: ReadonlySet<string>;
}

/** From how many on a count that falls to none is an alarm: one channel is removed on purpose, one device is not lost so. */
const NONE_FROM: Readonly<Record<keyof Counts, number>> = {
  agents: 1,
  sessions: 1,
  messages: 1,
  devices: 1,
  cronJobs: 2,
  channels: 2,
  plugins: 2,
};

/** A count of five or more that falls to a fifth or less is an alarm too. */
const FIFTH = 5;

const NOUNS: Readonly<Record<keyof Counts, string>> = {
  agents: 'agents',
  sessions: 'sessions',
  messages: 'messages',
  devices: 'devices',
  cronJobs: 'cron jobs',
  channels: 'channels',
  plugins: 'plugins',
};

/** Which counts fell so far that it hardly was meant. */
export function shrinkage(before: Counts, after: Counts): string[] {
  const kinds = Object.keys(NOUNS) as (keyof Counts)[];
  const fallen = kinds.filter((kind) => {
    const [was, is] = [before[kind], after[kind]];
    return (is === 0 && was >= NONE_FROM[kind]) || (was >= FIFTH && is * FIFTH <= was);
  });
  return fallen.map((kind) => `${NOUNS[kind]} fell from ${before[kind]} to ${after[kind]}`);
}

/**
 * Compares each backup with the last good one before it. A person who confirms a snapshot says that it and all before it are as
 * they should be; what was not captured whole is never good, confirmed or not.
 *
 * @param runs oldest first
 */
export function suspicions(runs: readonly Run[]): Suspicions {
  const confirmed = confirmedUntil(runs);
  const alarms: Alarm[] = [];
  const bad = new Set<string>();
  let good: Counts | null = null;
  for (const run of runs) {
    if (run.job !== 'backup' || run.snapshot === undefined) continue;
    const findings = findingsOf(run, good);
    const isConfirmed = run.snapshot <= confirmed;
    if (findings.length > 0 && !isConfirmed) alarms.push({ snapshot: run.snapshot, findings });
    if (run.damaged === true || (findings.length > 0 && !isConfirmed)) bad.add(run.snapshot);
    else good = run.counts ?? good;
  }
  return { alarms, bad };
}

/** Id up to which a person has confirmed; empty if none. */
export function confirmedUntil(runs: readonly Run[]): string {
  return runs.reduce((until, run) => {
    const id = run.job === 'prune' ? (run.confirmed ?? '') : '';
    return id > until ? id : until;
  }, '');
}

function findingsOf({ damaged, counts }: BackupRun, good: Counts | null): string[] {
  return [
    ...(damaged === true ? ['something, such as a corrupt database, could not be captured whole'] : []),
    ...(good === null || counts === undefined ? [] : shrinkage(good, counts)),
  ];
}
