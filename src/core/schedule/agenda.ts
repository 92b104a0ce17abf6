import type { Job } from '../history.ts';
import type { Occurrences } from './occurrences.ts';

/** A job and when it comes due. */
export interface Entry {
  readonly job: Job;
  readonly occurrences: Occurrences;
}

export interface Due {
  readonly job: Job;
  /** When to start it; milliseconds since 1970, like every instant here. */
  readonly at: number;
}

export interface AgendaOptions {
  /** Now. */
  readonly now: number;
  /** When each job was last started, by whomever; missing if never. */
  readonly lastStarted: Readonly<Partial<Record<Job, number>>>;
  /** Since when this schedule has been kept: what came due before is not missed. */
  readonly since: number;
  /** Milliseconds by which a start may be late at random, so that not all hosts come at once. */
  readonly jitter: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * What is to be run when. What came due while nobody was there to run it is due now, once, however often that was; so is the first
 * backup of all.
 */
export class Agenda {
  readonly #entries: readonly Entry[];
  readonly #options: Pick<AgendaOptions, 'jitter' | 'random'>;
  readonly #starts = new Map<Job, number>();

  constructor(entries: readonly Entry[], options: AgendaOptions) {
    const { now, lastStarted, since } = options;
    this.#entries = entries;
    this.#options = options;
    for (const { job } of entries) {
      const last = lastStarted[job];
      if (last === undefined && job === 'backup') this.#starts.set(job, now);
      // A clock that was wrong may have written times that have yet to come.
      else this.#plan(job, Math.min(last ?? since, now), now);
    }
  }

  /** What is to be started first; of several at once the backup, then in the order of the entries. Null if nothing ever is. */
  first(): Due | null {
    const [due] = [...this.#starts].map(([job, at]) => ({ job, at })).sort((a, b) => a.at - b.at);
    return due ?? null;
  }

  /** When each job is to be started. */
  starts(): ReadonlyMap<Job, number> {
    return this.#starts;
  }

  /** A run is over: what came due meanwhile is not run again, that being what it did. */
  done(job: Job, now: number): void {
    this.#plan(job, now, now);
  }

  #plan(job: Job, after: number, now: number): void {
    const entry = this.#entries.find((candidate) => candidate.job === job);
    if (entry === undefined) return;
    const due = entry.occurrences.after(after);
    // Later than the next one it would be that one's run.
    const room = (entry.occurrences.after(Math.max(due, now)) - Math.max(due, now)) / 2;
    const late = Math.min(this.#options.jitter, room) * this.#options.random();
    this.#starts.set(job, Math.max(due, now) + Math.floor(late));
  }
}
