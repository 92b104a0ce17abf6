import type { Readable } from 'node:stream';
import { ClawbackError } from '../../ports/errors.ts';
import { lineError } from './line-errors.ts';
import { allowance, patiently } from './patience.ts';

/**
 * The bytes of an answer, which must be as many as expected.
 *
 * @throws ClawbackError `UNAVAILABLE` if they end early, do not come for `patience` milliseconds, or come by drops; or what the
 *   body is destroyed with.
 */
export async function* wholeBody(
  body: Readable,
  { expected, patience }: { readonly expected: number; readonly patience: number },
): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  let received = 0;
  /** Milliseconds that we waited; how long the reader takes between pieces is none of the server's fault. */
  let waited = 0;
  try {
    for (;;) {
      const asked = performance.now();
      const { value } = await patiently(pieces.next(), patience);
      if (value === undefined) break;
      waited += performance.now() - asked;
      received += value.length;
      if (waited > allowance(patience, received)) {
        throw new ClawbackError('UNAVAILABLE', `no more than ${received} bytes came in ${Math.ceil(waited / 1000)} s`);
      }
      yield value;
    }
  } catch (error) {
    throw lineError(error, 'the connection');
  } finally {
    // A body that was not read to its end would keep its connection; one that was has none any more.
    body.destroy();
  }
  if (received !== expected) {
    throw new ClawbackError('UNAVAILABLE', `the answer ended after ${received} of ${expected} bytes`);
  }
}
