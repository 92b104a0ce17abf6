import { suspicions } from './alarm.ts';
import { type BackupRun, JOBS, type Run } from './history.ts';
import type { Deadline } from './schedule/overdue.ts';
import { VERSION } from './version.ts';

/** What the numbers are made of. */
export interface MetricsSource {
  readonly instance: string;
  /** Oldest first. */
  readonly runs: readonly Run[];
  /** When the next backup is due; null without a schedule, or before the first backup. */
  readonly due: Deadline | null;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const VERDICTS = ['pass', 'warn', 'fail', 'incomplete'] as const;

/**
 * The numbers of one instance in the Prometheus exposition format, version 0.0.4: times in seconds since 1970, durations in
 * seconds, sizes in bytes. A metric of which nothing is known is left out.
 */
export function metricsText(source: MetricsSource): string {
  return metricsOf(source)
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) =>
      [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...samples.map((sample) => line(name, sample)), ''].join('\n'),
    )
    .join('');
}

function metricsOf({ instance, runs, due }: MetricsSource): Metric[] {
  const labels = { instance };
  const newestFirst = runs.toReversed();
  const lastRuns = JOBS.flatMap((job) => newestFirst.find((run) => run.job === job) ?? []);
  const lastGood = JOBS.flatMap((job) => newestFirst.find((run) => run.job === job && run.ok) ?? []);
  const backups = newestFirst.filter((run) => run.job === 'backup');
  const drill = newestFirst.find((run) => run.job === 'drill');
  const taken = backups.find(({ snapshot }) => snapshot !== undefined);
  const ofJob = (last: readonly Run[], value: (run: Run) => number): Sample[] =>
    last.map((run) => ({ labels: { ...labels, job: run.job }, value: value(run) }));
  return [
    metric('clawback_info', 'The release of Clawback that wrote this.', [{ labels: { version: VERSION }, value: 1 }]),
    metric(
      'clawback_job_last_run_timestamp_seconds',
      'When the last run of a job began.',
      ofJob(lastRuns, ({ startedAt }) => seconds(startedAt)),
    ),
    metric(
      'clawback_job_last_run_success',
      '1 if the last run of a job ended well, 0 if it failed or its check said no.',
      ofJob(lastRuns, ({ ok }) => Number(ok)),
    ),
    metric(
      'clawback_job_last_run_duration_seconds',
      'How long the last run of a job took.',
      ofJob(lastRuns, (run) => run.seconds),
    ),
    metric(
      'clawback_job_last_success_timestamp_seconds',
      'When the last run of a job that ended well began.',
      ofJob(lastGood, ({ startedAt }) => seconds(startedAt)),
    ),
    metric(
      'clawback_destination_last_success_timestamp_seconds',
      'When the last backup began whose snapshot this destination holds.',
      destinationsOf(backups).map(([destination, run]) => ({
        labels: { ...labels, destination },
        value: seconds(run.startedAt),
      })),
    ),
    metric(
      'clawback_backup_next_due_timestamp_seconds',
      'When the next backup is due by the schedule.',
      due === null ? [] : [{ labels, value: due.due / 1000 }],
    ),
    metric(
      'clawback_backup_overdue_timestamp_seconds',
      'From when on the next backup is overdue; alert when time() is greater.',
      due === null ? [] : [{ labels, value: due.overdue / 1000 }],
    ),
    metric(
      'clawback_snapshot_size_bytes',
      'Size of the last snapshot, sealed.',
      taken?.bytes === undefined ? [] : [{ labels, value: taken.bytes }],
    ),
    metric(
      'clawback_snapshot_items',
      'What the last snapshot holds, by kind.',
      Object.entries({ ...taken?.counts }).map(([kind, value]) => ({ labels: { ...labels, kind }, value })),
    ),
    metric('clawback_suspicious_snapshots', 'Snapshots that hold suspiciously little, which nobody has confirmed.', [
      { labels, value: suspicions(runs).alarms.length },
    ]),
    metric(
      'clawback_drill_verdict',
      '1 for the verdict of the last drill.',
      drill === undefined
        ? []
        : VERDICTS.map((verdict) => ({ labels: { ...labels, verdict }, value: Number(drill.verdict === verdict) })),
    ),
  ];
}

function metric(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, samples };
}

/** The newest backup that each destination took, in the order of their names. */
function destinationsOf(newestFirst: readonly BackupRun[]): [name: string, run: BackupRun][] {
  const found = new Map<string, BackupRun>();
  for (const run of newestFirst) {
    for (const { name, ok } of run.destinations ?? []) if (ok && !found.has(name)) found.set(name, run);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function seconds(iso: string): number {
  return Date.parse(iso) / 1000;
}

function line(name: string, { labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}{${pairs.join(',')}} ${value}`;
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);
}
