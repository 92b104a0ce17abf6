import type { Config, Schedule } from '../core/config/config.ts';
import { History, type Job, type Run } from '../core/history.ts';
import { Agenda, type Entry } from '../core/schedule/agenda.ts';
import { readHeartbeat, writeHeartbeat } from '../core/schedule/heartbeat.ts';
import { keepSchedule } from '../core/schedule/keep.ts';
import { occurrences } from '../core/schedule/occurrences.ts';
import { deadlineAfter, overdueNews } from '../core/schedule/overdue.ts';
import type { Clock } from '../ports/clock.ts';
import { ClawbackError, hasCode } from '../ports/errors.ts';
import { patientLock } from '../ports/lock.ts';
import { type Context, requireConfig, secondsSince } from './context.ts';
import { runJob } from './job.ts';

/** How many runs of each job went well, and how many did not. */
export type RunCounts = Readonly<Partial<Record<Job, { readonly ok: number; readonly failed: number }>>>;

export interface KeeperOptions {
  /** What it may run; whether and when, the config says. */
  readonly jobs: readonly Job[];
  /** Milliseconds in which a run that is at work when the end comes may still finish; then it is rolled back. */
  readonly finish: number;
  /** True if the first backup of all is due at once. */
  readonly atOnce: boolean;
}

/** Runs the jobs of one instance when its config says so. What goes wrong in a run is said, and never ends the keeping. */
export class Keeper {
  #context: Context;
  #changed = new AbortController();
  readonly #options: KeeperOptions;
  readonly #instance: string;
  readonly #startedAt: string;
  readonly #runs: Partial<Record<Job, { ok: number; failed: number }>> = {};
  #since: string;
  #toldOverdue: string | null = null;
  #lastSeconds: number | null = null;

  constructor(context: Context, options: KeeperOptions) {
    this.#context = context;
    this.#options = options;
    this.#instance = requireConfig(context).instance;
    this.#startedAt = context.now().toISOString();
    this.#since = this.#startedAt;
  }

  /** @throws ClawbackError `CONFIG` if the schedule cannot be kept. */
  check(): void {
    checkSchedule(requireConfig(this.#context).schedule, this.#options.jobs);
  }

  /**
   * Returns after the signal has fired and what was at work then is over.
   *
   * @throws ClawbackError `CONFIG` if the schedule cannot be kept.
   */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, paths } = this.#context;
    const before = await readHeartbeat(paths.stateDir, this.#instance);
    this.#since = before?.since ?? this.#since;
    this.#toldOverdue = before?.toldOverdue ?? null;
    using finish = soonAfter(signal, this.#options.finish, clock);
    const keeping = {
      clock,
      plan: () => this.#plan(),
      run: (job: Job) => this.#run(job, finish.signal),
      beat: (agenda: Agenda, running: Job | null) => this.#beat(agenda, running),
      changed: () => this.#changed.signal,
    };
    await keepSchedule(keeping, signal);
    await this.#write({ running: null, next: {}, stoppedAt: this.#context.now().toISOString() });
  }

  /** Reads the config again. One that is wrong changes nothing. */
  async reload(): Promise<void> {
    try {
      const fresh = await this.#context.reload();
      const { instance, schedule } = requireConfig(fresh);
      if (instance !== this.#instance) {
        throw new ClawbackError(
          'CONFIG',
          `the instance is ${instance} now, and this is the daemon of ${this.#instance}`,
          {
            hint: 'stop it and start it anew',
          },
        );
      }
      checkSchedule(schedule, this.#options.jobs);
      this.#context = fresh;
      this.#changed.abort();
      this.#changed = new AbortController();
      fresh.say('the config was read again');
    } catch (error) {
      this.#context.complain(about('the config stays as it was', error));
    }
  }

  /** How long the last backup took; null if there was none. */
  lastSeconds(): number | null {
    return this.#lastSeconds;
  }

  runs(): RunCounts {
    return this.#runs;
  }

  async #plan(): Promise<Agenda> {
    const config = requireConfig(this.#context);
    const now = this.#context.now().getTime();
    const { jitter } = config.schedule;
    // A history that cannot be read costs the catching up, and not the schedule.
    const made = startsOf(
      await this.#history()
        .runs()
        .catch(() => []),
    );
    const lastStarted = this.#options.atOnce ? made : { backup: now, ...made };
    return new Agenda(this.#entries(config), {
      ...{ now, lastStarted, jitter, random: Math.random },
      since: Date.parse(this.#since),
    });
  }

  #entries(config: Config): Entry[] {
    const { schedule, identity, given } = config;
    return this.#options.jobs.flatMap((job) => {
      const expression = schedule[job];
      if (expression === null) return [];
      if (job === 'drill' && identity === null && given.identity === null) {
        this.#context.say('no drill is run here: this host has no identity to open a snapshot with');
        return [];
      }
      return [{ job, occurrences: occurrences(expression, schedule.timezone) }];
    });
  }

  async #run(job: Job, signal: AbortSignal): Promise<void> {
    const context = this.#context;
    const { busy } = requireConfig(context).schedule;
    const onWait = (holder: string): void => {
      context.say(`${job}: waits, since ${holder}`);
    };
    const began = context.now();
    const counts = (this.#runs[job] ??= { ok: 0, failed: 0 });
    try {
      if (busy === 'skip') await (await context.lock.acquire(this.#instance))[Symbol.asyncDispose]();
      await runJob(job, { ...context, signal, lock: patientLock(context.lock, { signal, onWait }) });
      counts.ok++;
      if (job === 'backup') this.#lastSeconds = secondsSince(began, context);
    } catch (error) {
      if (signal.aborted) context.say(`${job}: broken off, and nothing half done is left`);
      else if (busy === 'skip' && hasCode(error, 'LOCKED')) context.say(`${job}: left out, since ${error.message}`);
      else {
        counts.failed++;
        context.complain(about(job, error));
      }
    }
  }

  async #beat(agenda: Agenda, running: Job | null): Promise<void> {
    if (running === null) await this.#watch();
    const next = Object.fromEntries([...agenda.starts()].map(([job, at]) => [job, new Date(at).toISOString()]));
    await this.#write({ running, next, stoppedAt: null });
  }

  /** Tells once that there should be a newer backup. */
  async #watch(): Promise<void> {
    const { schedule } = requireConfig(this.#context);
    if (schedule.backup === null) return;
    const now = this.#context.now();
    const last = await this.#history()
      .last('backup', ({ ok }) => ok)
      .catch(() => undefined);
    if (last === undefined) return;
    const good = last?.startedAt ?? this.#since;
    const { due, overdue } = deadlineAfter(
      Date.parse(good),
      occurrences(schedule.backup, schedule.timezone),
      schedule.jitter,
    );
    if (now.getTime() < overdue || this.#toldOverdue === good) return;
    this.#toldOverdue = good;
    const { host, notifier, warn } = this.#context;
    const saying = { instance: this.#instance, hostname: host.hostname, at: now.toISOString() };
    const problems = (await notifier?.notify(overdueNews({ good, due }, saying))) ?? [];
    for (const problem of problems) warn(problem);
  }

  /** A heartbeat that cannot be written is no reason to stop. */
  async #write(now: { running: Job | null; next: Record<string, string>; stoppedAt: string | null }): Promise<void> {
    const { paths, warn } = this.#context;
    const beat = {
      ...{ pid: process.pid, startedAt: this.#startedAt, since: this.#since, toldOverdue: this.#toldOverdue },
      beatAt: this.#context.now().toISOString(),
      ...now,
    };
    await writeHeartbeat(paths.stateDir, this.#instance, beat).catch((error: unknown) => {
      warn(`the heartbeat could not be written: ${String(error)}`);
    });
  }

  #history(): History {
    return new History(this.#context.paths.stateDir, this.#instance);
  }
}

/** @throws ClawbackError `CONFIG` if one of these jobs has an expression that means nothing, or never comes due. */
function checkSchedule(schedule: Schedule, jobs: readonly Job[]): void {
  for (const job of jobs) if (schedule[job] !== null) occurrences(schedule[job], schedule.timezone).after(0);
}

/** When each job was last started. One that was broken off is as if it had not been: it is to be made up for. */
function startsOf(runs: readonly Run[]): Partial<Record<Job, number>> {
  const carriedOut = runs.filter(({ error }) => error?.code !== 'ABORTED');
  return Object.fromEntries(carriedOut.map(({ job, startedAt }) => [job, Date.parse(startedAt)]));
}

function about(what: string, error: unknown): unknown {
  if (!(error instanceof ClawbackError)) return error;
  const { code, message, hint, cause } = error;
  return new ClawbackError(code, `${what}: ${message}`, { cause, ...(hint === undefined ? {} : { hint }) });
}

/** A signal that fires so many milliseconds after another; disposing calls it off. */
function soonAfter(signal: AbortSignal, milliseconds: number, clock: Clock): Disposable & { signal: AbortSignal } {
  const [late, over] = [new AbortController(), new AbortController()];
  const wait = (): void => {
    void clock.sleep(milliseconds, over.signal).then(
      () => {
        late.abort();
      },
      () => undefined,
    );
  };
  signal.addEventListener('abort', wait, { once: true });
  return {
    signal: late.signal,
    [Symbol.dispose]() {
      signal.removeEventListener('abort', wait);
      over.abort();
    },
  };
}
