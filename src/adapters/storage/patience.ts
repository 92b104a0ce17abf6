import { ClawbackError } from '../../ports/errors.ts';

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

/** What is said of a server that owes its answer for so many milliseconds. */
export function silence(milliseconds: number): ClawbackError {
  return new ClawbackError('UNAVAILABLE', `no answer in ${Math.ceil(milliseconds / 1000)} s`, {
    hint: 'see whether the storage can be reached from this host',
  });
}
