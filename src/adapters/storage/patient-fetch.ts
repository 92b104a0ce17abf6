import { fetchError } from './fetch-errors.ts';
import { allowance, bounded } from './patience.ts';

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
  const options = { method, headers, redirect: 'manual' as const, ...(body === undefined ? {} : { body }) };
  try {
    const milliseconds = allowance(patience, body?.length ?? 0);
    return await bounded(milliseconds, signal, (bounds) => fetch(url, { ...options, signal: bounds }));
  } catch (error) {
    throw fetchError(error, url.host);
  }
}
