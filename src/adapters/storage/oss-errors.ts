import { ClawbackError, type StorageErrorCode } from '../../ports/errors.ts';
import { leanCause } from './lean-cause.ts';

interface Meaning {
  readonly code: StorageErrorCode;
  readonly hint?: string;
}

const KEY = 'see OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, and OSS_SESSION_TOKEN for a temporary key';

/** By OSS's own error codes. https://www.alibabacloud.com/help/en/oss/support/http-status-code-4 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  NoSuchKey: { code: 'NOT_FOUND' },
  NoSuchBucket: { code: 'NOT_FOUND', hint: 'make the bucket, or mend its name in the destination' },
  FileAlreadyExists: { code: 'EXISTS' },
  InvalidAccessKeyId: { code: 'DENIED', hint: KEY },
  SignatureDoesNotMatch: { code: 'DENIED', hint: `the secret is not that of the key: ${KEY}` },
  SecurityTokenExpired: { code: 'DENIED', hint: `the temporary key is over: ${KEY}` },
  InvalidSecurityToken: { code: 'DENIED', hint: KEY },
  RequestTimeTooSkewed: { code: 'DENIED', hint: 'set the clock of this host: OSS allows 15 minutes' },
  FileImmutable: {
    code: 'DENIED',
    hint: 'the bucket keeps its objects for a time that is not over; that is its purpose',
  },
  UserDisable: { code: 'DENIED', hint: 'the account is switched off: see its bills' },
  RequestTimeout: { code: 'UNAVAILABLE' },
  DownloadTrafficRateLimitExceeded: { code: 'UNAVAILABLE' },
  UploadTrafficRateLimitExceeded: { code: 'UNAVAILABLE' },
};

/** The right that each request needs. */
export type OssAction =
  | 'oss:PutObject'
  | 'oss:GetObject'
  | 'oss:ListObjects'
  | 'oss:DeleteObject'
  | 'oss:ListMultipartUploads'
  | 'oss:AbortMultipartUpload';

export interface OssAttempt {
  /** Such as `cannot store KEY in LOCATION`. */
  readonly what: string;
  readonly action: OssAction;
  readonly signal: AbortSignal | undefined;
}

/** What a failed request means to the storage contract. */
export function ossError(error: unknown, { what, action, signal }: OssAttempt): ClawbackError {
  if (signal?.aborted === true) return new ClawbackError('ABORTED', 'interrupted');
  const cause = transportError(error);
  if (cause instanceof ClawbackError) {
    return new ClawbackError(cause.code, `${what}: ${cause.message}`, { cause, ...hintOf(cause) });
  }
  const meaning = meaningOf(cause, action);
  const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
  return new ClawbackError(meaning.code, `${what}: ${reason}`, { cause: leanCause(cause), ...hintOf(meaning) });
}

/** True if trying again may help. */
export function isPassing(error: unknown): boolean {
  return ossError(error, { what: '', action: 'oss:PutObject', signal: undefined }).code === 'UNAVAILABLE';
}

/** ali-oss hides what its transport rejects with in `res` of an error that says "Unknow error". */
function transportError(error: unknown): unknown {
  return error instanceof Error && 'res' in error && error.res instanceof Error ? error.res : error;
}

function meaningOf(error: unknown, action: OssAction): Meaning {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return { code: 'FAILED' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = MEANINGS[code];
  if (known !== undefined) return known;
  if (/region/i.test(error.message)) return { code: 'FAILED', hint: 'set ?region= to the region of the bucket' };
  if (error.status === 403) {
    return { code: 'DENIED', hint: `grant ${action}; docs/storage.md names the least rights that do` };
  }
  return { code: error.status >= 500 || error.status === 429 ? 'UNAVAILABLE' : 'FAILED' };
}

function hintOf({ hint }: { readonly hint?: string | undefined }): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}
