import { ClawbackError } from '../../ports/errors.ts';
import { fetchError } from './fetch-errors.ts';
import { patiently } from './patience.ts';

/**
 * The bytes of an answer, which must be as many as expected.
 *
 * @throws ClawbackError `UNAVAILABLE` if they end early or stop coming; or the reason of the request's signal.
 */
export async function* wholeBody(
  body: ReadableStream<Uint8Array> | null,
  { expected, patience }: { readonly expected: number; readonly patience: number },
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  let received = 0;
  try {
    for (;;) {
      const next = reader === undefined ? undefined : await patiently(reader.read(), patience);
      if (next?.value === undefined) break;
      received += next.value.length;
      yield next.value;
    }
  } catch (error) {
    throw fetchError(error, 'the connection');
  } finally {
    // A body that was not read to its end would keep its connection.
    await reader?.cancel().catch(() => undefined);
  }
  if (received !== expected) {
    throw new ClawbackError('UNAVAILABLE', `the answer ended after ${received} of ${expected} bytes`);
  }
}
