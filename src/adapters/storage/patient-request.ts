import { request as plain, type IncomingMessage } from 'node:http';
import { request as secure } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { lineError } from './line-errors.ts';
import { allowance, bounded, patiently } from './patience.ts';

export interface PatientRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds that the server may owe an answer. */
  readonly patience: number;
}

/** An answer whose body waits to be read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: IncomingMessage;
}

/** An answer whose body was short, and is read. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * An HTTP request with an end: rejects when the server owes its answer for too long. Redirects are not followed: a signature or
 * a bearer is for one host alone. Node's `fetch` would copy a body three times, which four parts at once make felt.
 *
 * @throws ClawbackError `UNAVAILABLE` if there is no answer, `FAILED` if the host is not to be trusted; or the reason of the signal.
 */
export async function patientRequest(url: URL, request: PatientRequest): Promise<Answer> {
  const { body = '', patience, signal } = request;
  try {
    const milliseconds = allowance(patience, body.length);
    const answer = await bounded(milliseconds, signal, (bounds) => exchange(url, request, bounds));
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
    return { status: answer.statusCode ?? 0, headers, body: answer };
  } catch (error) {
    throw lineError(error, url.host);
  }
}

/**
 * All of a short body.
 *
 * @throws ClawbackError `UNAVAILABLE` if it is cut, or does not come in so many milliseconds.
 */
export async function shortBody({ body }: Answer, patience: number): Promise<Buffer> {
  try {
    return await patiently(buffer(body), patience);
  } catch (error) {
    body.destroy();
    throw lineError(error, 'the connection');
  }
}

function exchange(url: URL, { method, headers, body }: PatientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? secure : plain;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : (body?.length ?? 0);
  const hasBody = method === 'PUT' || method === 'POST';
  const sized = hasBody ? { ...headers, 'content-length': String(length) } : headers;
  const outgoing = send(url, { method, headers: sized, signal });
  outgoing.on('response', resolve).on('error', reject);
  outgoing.end(body);
  return promise;
}
