import { ClawbackError } from '../../ports/errors.ts';
import { fetchError } from './fetch-errors.ts';
import { patiently, silence } from './patience.ts';

/** Bytes a second: an upload that is slower than this is taken for dead. */
const SLOWEST = 16 * 1024;

export interface PatientRequest {
  readonly method: string;
  readonly headers: Headers | Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds that the server may owe an answer, or more of it. */
  readonly patience: number;
}

/**
 * `fetch` with an end: rejects when the server owes its answer for too long. Redirects are not followed: a signature or a
 * bearer is for one host alone.
 *
 * @throws ClawbackError `UNAVAILABLE` if there is no answer, `FAILED` if the host is not to be trusted; or the reason of the signal.
 */
export async function patientFetch(url: URL, request: PatientRequest): Promise<Response> {
  const { method, headers, body, signal, patience } = request;
  signal?.throwIfAborted();
  const stalled = new AbortController();
  const allowance = patience + ((body?.length ?? 0) / SLOWEST) * 1000;
  const timer = setTimeout(() => {
    stalled.abort(silence(allowance));
  }, allowance);
  try {
    return await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]),
      ...(body === undefined ? {} : { body }),
    });
  } catch (error) {
    throw fetchError(error, url.host);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The bytes of an answer, which must be as many as expected.
 *
 * @throws ClawbackError `UNAVAILABLE` if they end early or stop coming; or the reason of the request's signal.
 */
export async function* patientBody(
  response: Response,
  { expected, patience }: { readonly expected: number; readonly patience: number },
): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let received = 0;
  try {
    for (;;) {
      const { done, value } = await patiently(reader.read(), patience);
      if (done) break;
      received += value.length;
      yield value;
    }
  } catch (error) {
    throw fetchError(error, new URL(response.url).host);
  } finally {
    // A body that was not read to its end would keep its connection.
    await reader.cancel().catch(() => undefined);
  }
  if (received !== expected) {
    throw new ClawbackError('UNAVAILABLE', `the answer ended after ${received} of ${expected} bytes`);
  }
}
