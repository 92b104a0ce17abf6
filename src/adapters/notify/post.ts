import { ClawbackError } from '../../ports/errors.ts';
import type { SenderAddress } from '../../ports/notifier.ts';
import { patientRequest, shortBody } from '../storage/patient-request.ts';
import { retryAfter } from '../storage/retry-after.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Milliseconds; the core has less patience, and its signal ends the request before. */
const PATIENCE = 30_000;

export interface Post {
  /** Where to, if it is not the address itself. */
  readonly url?: URL;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Posts to a service, JSON unless a header says otherwise.
 *
 * @returns what the service answered; its status was 2xx
 * @throws ClawbackError as `Send` says
 */
export async function post(
  address: SenderAddress,
  { url = address.url, body, headers, signal }: Post,
): Promise<string> {
  const sent = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'clawback', ...headers };
  const answer = await patientRequest(url, { method: 'POST', headers: sent, body, signal, patience: PATIENCE });
  const text = (await shortBody(answer, PATIENCE)).toString();
  if (answer.status >= 200 && answer.status < 300) return text;
  throw refusal(answer.status, withoutSecrets(text, address), retryAfter(answer.headers['retry-after']));
}

/** A service that answers 200 and says in the body that it did nothing. */
export function refused(code: number, words: string, address: SenderAddress): ClawbackError {
  return new ClawbackError('FAILED', `the service refuses it: ${code} ${withoutSecrets(words, address)}`.trimEnd());
}

function refusal(status: number, words: string, later: { readonly retryAfter?: number }): ClawbackError {
  const message = `the service answered ${status}${words === '' ? '' : `: ${words}`}`;
  if (status === 429 || status === 408 || status >= 500) return new ClawbackError('UNAVAILABLE', message, later);
  if (status === 401 || status === 403) {
    return new ClawbackError('DENIED', message, { hint: 'see whether the token or the URL is still valid' });
  }
  if (status >= 300 && status < 400) {
    return new ClawbackError('FAILED', message, { hint: 'use the URL that it redirects to' });
  }
  return new ClawbackError('FAILED', message, { hint: 'compare the URL with the one that the service shows' });
}
