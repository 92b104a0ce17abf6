import { ClawbackError, type StorageErrorCode } from '../../ports/errors.ts';
import { leanCause } from './lean-cause.ts';
import { lineError } from './line-errors.ts';
import { retryAfter } from './retry-after.ts';

interface Meaning {
  readonly code: StorageErrorCode;
  readonly hint?: string;
}

const KEY = 'see AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile, or the role of this host';
const BUCKET = 'make the bucket, or mend its name in the destination';
const REGION = 'set ?region= to the region of the bucket';

/** By the service's own error codes. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  NoSuchKey: { code: 'NOT_FOUND' },
  NotFound: { code: 'NOT_FOUND' },
  NoSuchBucket: { code: 'NOT_FOUND', hint: BUCKET },
  PreconditionFailed: { code: 'EXISTS' },
  // Somebody else is at the same key; the next attempt meets what they wrote.
  ConditionalRequestConflict: { code: 'UNAVAILABLE' },
  InvalidAccessKeyId: { code: 'DENIED', hint: KEY },
  SignatureDoesNotMatch: { code: 'DENIED', hint: `the secret is not that of the key: ${KEY}` },
  ExpiredToken: { code: 'DENIED', hint: `the temporary key is over: ${KEY}` },
  InvalidToken: { code: 'DENIED', hint: KEY },
  CredentialsProviderError: { code: 'DENIED', hint: `no credentials were found: ${KEY}` },
  RequestTimeTooSkewed: { code: 'DENIED', hint: 'set the clock of this host: S3 allows 15 minutes' },
  PermanentRedirect: { code: 'FAILED', hint: REGION },
  AuthorizationHeaderMalformed: { code: 'FAILED', hint: REGION },
  IllegalLocationConstraintException: { code: 'FAILED', hint: REGION },
  QuotaExceeded: { code: 'NO_SPACE', hint: 'raise the quota of the user or the bucket, or prune' },
  XMinioStorageFull: { code: 'NO_SPACE', hint: 'free some space on the server, or prune' },
  SlowDown: { code: 'UNAVAILABLE' },
  // The answer to its completion was lost: the object is there, which a second attempt finds.
  NoSuchUpload: { code: 'UNAVAILABLE' },
  RequestTimeout: { code: 'UNAVAILABLE' },
  TimeoutError: { code: 'UNAVAILABLE' },
  BadDigest: { code: 'UNAVAILABLE', hint: 'what arrived was not what was sent: the line damages data' },
};

/** The right that each request needs. */
export type S3Action =
  | 's3:PutObject'
  | 's3:GetObject'
  | 's3:ListBucket'
  | 's3:DeleteObject'
  | 's3:ListBucketMultipartUploads'
  | 's3:AbortMultipartUpload';

export interface S3Failure {
  /** Such as `cannot store KEY in LOCATION`. */
  readonly what: string;
  readonly action: S3Action;
  readonly signal: AbortSignal | undefined;
}

/** What a failed request means to the storage contract. */
export function s3Error(error: unknown, { what, action, signal }: S3Failure): ClawbackError {
  if (signal?.aborted === true) return new ClawbackError('ABORTED', 'interrupted', { cause: error });
  if (error instanceof ClawbackError) return error;
  const cause = lineError(error, 'the endpoint');
  if (cause instanceof ClawbackError) {
    const { code, message, hint } = cause;
    return new ClawbackError(code, `${what}: ${message}`, {
      cause: leanCause(error),
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const { code, hint } = meaningOf(error, action);
  return new ClawbackError(code, `${what}: ${reasonOf(error)}`, {
    cause: leanCause(error),
    ...(hint === undefined ? {} : { hint }),
    ...retryAfter(headerOf(error, 'retry-after')),
  });
}

/** True if trying again may help. */
export function isPassing(error: unknown): boolean {
  return s3Error(error, { what: '', action: 's3:PutObject', signal: undefined }).code === 'UNAVAILABLE';
}

/** True if the service answered that a range lies past the object's end. */
export function isPastEnd(error: unknown): boolean {
  return error instanceof Error && (error.name === 'InvalidRange' || statusOf(error) === 416);
}

/** True if the service does not know the condition that makes a put exclusive. */
export function isNotImplemented(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotImplemented' || statusOf(error) === 501);
}

function meaningOf(error: unknown, action: S3Action): Meaning {
  if (!(error instanceof Error)) return { code: 'FAILED' };
  const known = MEANINGS[error.name];
  // What is to be made cannot be missed: Ceph says so of a part when the bucket has gone.
  if (known?.code === 'NOT_FOUND' && action === 's3:PutObject') return { ...known, hint: BUCKET };
  if (known !== undefined) return known;
  if (/region is missing/i.test(error.message)) return { code: 'FAILED', hint: REGION };
  const status = statusOf(error);
  if (status === 404) return { code: 'NOT_FOUND' };
  if (status === 412) return { code: 'EXISTS' };
  if (status === 301 || status === 307) return { code: 'FAILED', hint: REGION };
  if (status === 401 || status === 403) {
    return { code: 'DENIED', hint: `grant ${action}; docs/storage.md names the least rights that do` };
  }
  if (status !== undefined) return { code: status >= 500 || status === 429 ? 'UNAVAILABLE' : 'FAILED' };
  // The SDK's own words for a connection that ended, which has no code.
  return /socket hang up|aborted/i.test(error.message) ? { code: 'UNAVAILABLE' } : { code: 'FAILED' };
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return undefined;
  const status = 'httpStatusCode' in error.$metadata ? error.$metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

function headerOf(error: unknown, name: string): string | undefined {
  if (!(error instanceof Error) || !('$response' in error)) return undefined;
  const { headers } = error.$response as { headers?: Record<string, string> };
  return headers?.[name];
}

/** Services that speak S3 differ in what they say, and some say nothing; the message may name the key, never the secret. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message.replace(/\.$/, '');
  return text === '' || text === 'UnknownError' ? error.name : text;
}
