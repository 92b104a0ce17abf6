import type { Readable } from 'node:stream';
import { ClawbackError } from '../../ports/errors.ts';
import { lineError } from './line-errors.ts';
import { Pace } from './pace.ts';
import { patiently } from './patience.ts';

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
  const pace = new Pace(patience);
  try {
    for (;;) {
      pace.ask();
      const { value } = await patiently(pieces.next(), patience);
      if (value === undefined) break;
      received += value.length;
      pace.came(value.length);
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
