import { ClawbackError } from '../../ports/errors.ts';

/** Bytes a second. */
const SLOWEST = 16 * 1024;

/**
 * What is pending, or an end to waiting for it.
 *
 * @param milliseconds how long to wait.
 * @throws ClawbackError `UNAVAILABLE` when the time is over.
 */
export async function patiently<T>(pending: Promise<T>, milliseconds: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(silence(milliseconds));
  }, milliseconds);
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Work that stops when nobody waits for it any more.
 *
 * @param milliseconds how long to wait for it.
 * @throws ClawbackError `UNAVAILABLE` when the time is over; otherwise what the work rejects with.
 */
export async function bounded<T>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const stalled = new AbortController();
  const timer = setTimeout(() => {
    stalled.abort(silence(milliseconds));
  }, milliseconds);
  try {
    return await work(signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]));
  } catch (error) {
    throw stalled.signal.aborted ? stalled.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Milliseconds to wait for the answer to so many bytes, or for so many bytes: a transfer slower than 16 KiB/s is taken for dead.
 */
export function allowance(patience: number, bytes: number): number {
  return patience + (bytes / SLOWEST) * 1000;
}

/** What is said of a server that owes its answer for so many milliseconds. */
function silence(milliseconds: number): ClawbackError {
  return new ClawbackError('UNAVAILABLE', `no answer in ${Math.ceil(milliseconds / 1000)} s`, {
    hint: 'see whether the storage can be reached from this host',
  });
}
