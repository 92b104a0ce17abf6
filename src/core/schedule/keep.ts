import type { Clock } from '../../ports/clock.ts';
import type { Job } from '../history.ts';
import type { Agenda } from './agenda.ts';
import { BEAT_MS } from './heartbeat.ts';

export interface Keeping {
  readonly clock: Clock;
  /** Makes the agenda, from the history and the config as they are now. */
  readonly plan: () => Promise<Agenda>;
  /** Runs one job to its end, whatever it is; never rejects. */
  readonly run: (job: Job) => Promise<void>;
  /** Called at least every {@link BEAT_MS}, at work too. */
  readonly beat: (agenda: Agenda, running: Job | null) => Promise<void>;
  /** Fires when the agenda is to be made anew; asked for before every wait. */
  readonly changed: () => AbortSignal;
}

/** Runs what comes due, one job at a time, until the signal fires; a job that is at work then is waited for. */
export async function keepSchedule(keeping: Keeping, signal: AbortSignal): Promise<void> {
  const { clock, plan, run, beat, changed } = keeping;
  let agenda = await plan();
  let change = changed();
  let seen = clock.now().getTime();
  while (!signal.aborted) {
    const now = clock.now().getTime();
    // A clock that was set back would leave what it had planned far in the future.
    if (change.aborted || now < seen - BEAT_MS) {
      agenda = await plan();
      change = changed();
    }
    seen = now;
    const due = agenda.first();
    const wait = due === null ? BEAT_MS : due.at - now;
    if (due === null || wait > 0) {
      await beat(agenda, null);
      await clock.sleep(Math.min(wait, BEAT_MS), AbortSignal.any([signal, change])).catch(() => undefined);
      continue;
    }
    {
      await using _pulse = pulse(clock, () => beat(agenda, due.job));
      await run(due.job);
    }
    agenda.done(due.job, clock.now().getTime());
  }
}

/** Beats while something else is at work; disposing stops it. */
function pulse(clock: Clock, beat: () => Promise<void>): AsyncDisposable {
  const over = new AbortController();
  const beating = (async () => {
    while (!over.signal.aborted) {
      await beat();
      await clock.sleep(BEAT_MS, over.signal).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await beating;
    },
  };
}
