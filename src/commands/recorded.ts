import { History, type Job, type RunOf } from '../core/history.ts';
import { endOf, type Saying, startOf } from '../core/notify/of-run.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Notification } from '../ports/notifier.ts';
import { secondsSince, type Context } from './context.ts';
import { writeTextfile } from './metrics.ts';

/** What a job says of its own run; the rest is the same for every job. */
export type Told<J extends Job> = Omit<RunOf<J>, 'job' | 'startedAt' | 'seconds' | 'error'>;

export interface Recording<J extends Job, T> {
  readonly job: J;
  readonly instance: string;
  /** What to remember of a run that came to its end. */
  readonly tell: (result: T) => Told<J>;
}

/**
 * Runs a job, remembers how it went, also if it fails, writes it into the metrics, and tells whom the config names. What of that cannot be
 * done is a warning.
 */
export async function recorded<J extends Job, T>(
  { job, instance, tell }: Recording<J, T>,
  context: Context,
  run: () => Promise<T>,
): Promise<T> {
  const began = context.now();
  const starting = announce(() => startOf(job, saying(instance, context)), context);
  const remember = async (outcome: Told<Job> | Pick<RunOf<Job>, 'ok' | 'error'>): Promise<void> => {
    const entry = {
      job,
      startedAt: began.toISOString(),
      seconds: secondsSince(began, context),
      ...outcome,
    } as RunOf<J>;
    await new History(context.paths.stateDir, instance).append(entry).catch((error: unknown) => {
      context.warn(`the run could not be written to the history: ${String(error)}`);
    });
    await writeTextfile(context);
    await starting;
    await announce(() => endOf(entry, saying(instance, context)), context);
  };
  let result: T;
  try {
    result = await run();
  } catch (thrown) {
    const { code, message, hint } =
      thrown instanceof ClawbackError ? thrown : { code: 'FAILED', message: String(thrown), hint: undefined };
    await remember({
      ok: false,
      error: context.signal.aborted
        ? { code: 'ABORTED', message: 'interrupted' }
        : { code, message, ...(hint === undefined ? {} : { hint }) },
    });
    throw thrown;
  }
  await remember(tell(result));
  return result;
}

/** Who says it, and when. */
export function saying(instance: string, { host, now }: Context): Saying {
  return { instance, hostname: host.hostname, at: `${now().toISOString().slice(0, 19)}Z` };
}

/** What to say is put into words only if somebody hears it: the first number in a language takes 12 ms. */
async function announce(news: () => Notification | null, { notifier, warn }: Context): Promise<void> {
  if (notifier === null) return;
  const notification = news();
  if (notification === null) return;
  for (const problem of await notifier.notify(notification)) warn(problem);
}
