import { History, type Job, type RunOf } from '../core/history.ts';
import { ClawbackError } from '../ports/errors.ts';
import { secondsSince, type Context } from './context.ts';

/** What a job says of its own run; the rest is the same for every job. */
export type Told<J extends Job> = Omit<RunOf<J>, 'job' | 'startedAt' | 'seconds' | 'error'>;

export interface Recording<J extends Job, T> {
  readonly job: J;
  readonly instance: string;
  /** What to remember of a run that came to its end. */
  readonly tell: (result: T) => Told<J>;
}

/** Runs a job and remembers how it went, also if it fails. A history that cannot be written is a warning. */
export async function recorded<J extends Job, T>(
  { job, instance, tell }: Recording<J, T>,
  context: Context,
  run: () => Promise<T>,
): Promise<T> {
  const began = context.now();
  const remember = async (told: Told<Job> | Pick<RunOf<Job>, 'ok' | 'error'>): Promise<void> => {
    const entry = { job, startedAt: began.toISOString(), seconds: secondsSince(began, context), ...told };
    await new History(context.paths.stateDir, instance).append(entry as RunOf<J>).catch((error: unknown) => {
      context.warn(`the run could not be written to the history: ${String(error)}`);
    });
  };
  let result: T;
  try {
    result = await run();
  } catch (thrown) {
    const { code, message } = thrown instanceof ClawbackError ? thrown : { code: 'FAILED', message: String(thrown) };
    await remember({
      ok: false,
      error: context.signal.aborted ? { code: 'ABORTED', message: 'interrupted' } : { code, message },
    });
    throw thrown;
  }
  await remember(tell(result));
  return result;
}
