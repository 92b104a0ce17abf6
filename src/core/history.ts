import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../ports/errors.ts';
import type { Counts } from './archive/manifest.ts';
import { isRecord } from './openclaw/config-value.ts';
import type { SnapshotId } from './snapshot-id.ts';

export const JOBS = ['backup', 'verify', 'prune', 'drill'] as const;

export type Job = (typeof JOBS)[number];

/** How one run of a job ended. Holds no secret. */
export type Run = BackupRun | VerifyRun | PruneRun | DrillRun;

interface AnyRun {
  /** ISO 8601, UTC, with milliseconds. */
  readonly startedAt: string;
  readonly seconds: number;
  /** False if the job failed or its check said no. A backup that some destination took is ok. */
  readonly ok: boolean;
  /** Why there was no answer: a ClawbackError's code, message and hint. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

export interface BackupRun extends AnyRun {
  readonly job: 'backup';
  /** Absent if none was made. */
  readonly snapshot?: SnapshotId;
  /** Size of the sealed object. */
  readonly bytes?: number;
  readonly counts?: Counts;
  /** True if something, such as a corrupt database, could not be captured whole. */
  readonly damaged?: boolean;
  readonly destinations?: readonly { readonly name: string; readonly ok: boolean; readonly error?: string }[];
}

export interface VerifyRun extends AnyRun {
  readonly job: 'verify';
  /** Copies that were read, and how many of them were not as they were written. */
  readonly copies?: number;
  readonly bad?: number;
}

export interface PruneRun extends AnyRun {
  readonly job: 'prune';
  readonly removed?: number;
  /** A person said that this snapshot, and every one before it, holds what it should. */
  readonly confirmed?: string;
}

export interface DrillRun extends AnyRun {
  readonly job: 'drill';
  readonly snapshot?: SnapshotId;
  readonly verdict?: 'pass' | 'warn' | 'fail' | 'incomplete';
}

/** True for a drill that showed that its snapshot comes back, remarks or not. */
export function passed({ verdict }: Pick<DrillRun, 'verdict'>): boolean {
  return verdict === 'pass' || verdict === 'warn';
}

/** The last drill of all runs, oldest first, of a snapshot that is known. */
export function lastDrillOf(runs: readonly Run[]): LastDrill | null {
  const run = runs.findLast((each) => each.job === 'drill' && each.verdict !== undefined);
  if (run?.job !== 'drill' || run.verdict === undefined) return null;
  return { at: run.startedAt, verdict: run.verdict, snapshot: run.snapshot ?? null };
}

export interface LastDrill {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly verdict: NonNullable<DrillRun['verdict']>;
  readonly snapshot: string | null;
}

/** Months that are kept, the current one included: every quarterly drill of a year. */
const MONTHS = 13;

const MONTH_FILE = /^\d{4}-\d\d\.jsonl$/;

/**
 * What was run for one instance on this host: a file of JSON lines for each month, so that appending is one write that two
 * processes may do at once, and forgetting is the removal of whole files.
 */
export class History {
  readonly #directory: string;

  /** @param stateDir Clawback's own state directory. */
  constructor(stateDir: string, instance: string) {
    this.#directory = join(stateDir, 'history', instance);
  }

  async append(run: Run): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const file = `${run.startedAt.slice(0, 7)}.jsonl`;
    // The leading line end sets it off from a line that a full disk has cut short.
    await appendFile(join(this.#directory, file), `\n${JSON.stringify(run)}\n`, { mode: 0o600 });
    for (const old of (await this.#files()).toReversed().slice(MONTHS)) await rm(join(this.#directory, old));
  }

  /** Every run that is remembered, oldest first. */
  async runs(): Promise<Run[]> {
    const runs: Run[] = [];
    for (const file of await this.#files()) {
      const lines = (await readFile(join(this.#directory, file), 'utf8')).split('\n');
      runs.push(...lines.flatMap(parseRun));
    }
    return runs.sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0));
  }

  /** The newest run of a job that `accept` takes. */
  async last<J extends Job>(job: J, accept: (run: RunOf<J>) => boolean = () => true): Promise<RunOf<J> | null> {
    const isOfJob = (run: Run): run is RunOf<J> => run.job === job;
    return (await this.runs()).filter(isOfJob).findLast(accept) ?? null;
  }

  /** Names in the order of time. */
  async #files(): Promise<string[]> {
    try {
      return (await readdir(this.#directory)).filter((name) => MONTH_FILE.test(name)).sort();
    } catch (error) {
      // Something else may be in its place: then there is no history either, and whoever writes says so.
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
      throw error;
    }
  }
}

export type RunOf<J extends Job> = Extract<Run, { readonly job: J }>;

/** None if the line was cut short, or was written by a later release for a job that this one does not know. */
function parseRun(line: string): Run[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [];
  }
  const isRun = isRecord(value) && typeof value['startedAt'] === 'string' && JOBS.includes(value['job'] as Job);
  return isRun ? [value as Run] : [];
}
