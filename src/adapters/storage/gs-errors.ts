import { ClawbackError, type StorageErrorCode, systemCode } from '../../ports/errors.ts';
import { leanCause } from './lean-cause.ts';

/** An answer of Google Cloud Storage that is not the one hoped for. */
export class GsRefusal extends Error {
  readonly status: number;
  /** Google's own word: `notFound`, `conditionNotMet`, `forbidden`, … */
  readonly reason: string;
  /** Milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    answer: { readonly status: number; readonly reason: string; readonly retryAfter?: number },
  ) {
    super(message);
    this.status = answer.status;
    this.reason = answer.reason;
    this.retryAfter = answer.retryAfter;
  }
}

const LOGIN =
  'see GOOGLE_APPLICATION_CREDENTIALS, or `gcloud auth application-default login`, or the service account of this machine';

/** What a failed request means to the storage contract. */
export function gsError(error: unknown, what: string, signal: AbortSignal | undefined): ClawbackError {
  if (signal?.aborted === true) return new ClawbackError('ABORTED', 'interrupted', { cause: error });
  if (error instanceof ClawbackError) {
    return new ClawbackError(error.code, `${what}: ${error.message}`, {
      cause: error,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
  if (error instanceof GsRefusal) {
    const { code, hint } = meaningOf(error);
    const { message, retryAfter } = error;
    return new ClawbackError(code, `${what}: ${message}`, {
      cause: error,
      ...(hint !== undefined && { hint }),
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ClawbackError('FAILED', `${what}: ${reason}`, { cause: error });
}

/** What it means that Google's library could not get a token. */
export function loginError(error: unknown): unknown {
  if (error instanceof ClawbackError || !(error instanceof Error)) return error;
  const reason = error.message.split('\n')[0] ?? '';
  if (isUnanswered(error))
    return new ClawbackError('UNAVAILABLE', `cannot get a token: ${reason}`, { cause: leanCause(error) });
  const isLate = /reasonable timeframe|invalid_grant.*(?:iat|exp)/i.test(reason);
  return new ClawbackError('DENIED', `no credentials for Google Cloud: ${reason}`, {
    cause: leanCause(error),
    hint: isLate ? 'set the clock of this host' : LOGIN,
  });
}

/** What cannot be asked now may be answered later: no connection, or a service that is busy. */
function isUnanswered(error: Error): boolean {
  const status = 'status' in error && typeof error.status === 'number' ? error.status : 0;
  if (status === 408 || status === 429 || status >= 500) return true;
  const code = systemCode(error) ?? systemCode(error.cause);
  // A credential file that cannot be read is ENOENT or EACCES.
  return code !== undefined && /^E(?!NOENT|ACCES)[A-Z_]+$/.test(code);
}

export function isMissingObject(error: unknown): boolean {
  return error instanceof GsRefusal && error.status === 404 && !isMissingBucket(error);
}

function isMissingBucket({ message }: GsRefusal): boolean {
  return /bucket does not exist/i.test(message);
}

interface Meaning {
  readonly code: StorageErrorCode;
  readonly hint?: string;
}

function meaningOf(refusal: GsRefusal): Meaning {
  const { status, reason, message } = refusal;
  switch (status) {
    case 401:
      return { code: 'DENIED', hint: LOGIN };
    case 403:
      return meaningOfForbidden(reason, message);
    case 404:
      return isMissingBucket(refusal)
        ? { code: 'NOT_FOUND', hint: 'make the bucket, or mend its name in the destination' }
        : { code: 'NOT_FOUND' };
    case 412:
      return { code: 'EXISTS' };
    case 408:
    case 429:
      return { code: 'UNAVAILABLE' };
    default:
      return { code: status >= 500 ? 'UNAVAILABLE' : 'FAILED' };
  }
}

function meaningOfForbidden(reason: string, message: string): Meaning {
  if (/rateLimitExceeded/i.test(reason)) return { code: 'UNAVAILABLE' };
  if (/quotaExceeded/i.test(reason)) return { code: 'NO_SPACE', hint: 'raise the quota of the project' };
  if (reason === 'retentionPolicyNotMet' || message.includes('active hold')) {
    return { code: 'DENIED', hint: 'the bucket keeps its objects for a time that is not over; that is its purpose' };
  }
  if (/billing/i.test(reason)) return { code: 'DENIED', hint: 'switch on billing for the project of the bucket' };
  const permission = /storage\.[a-z]+\.[a-zA-Z]+/.exec(message)?.[0];
  return {
    code: 'DENIED',
    hint:
      permission === undefined
        ? 'grant the account a role on the bucket; docs/storage.md names the least that does'
        : `grant the account a role with ${permission} on the bucket; docs/storage.md names the least that does`,
  };
}
