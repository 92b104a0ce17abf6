import type { RestError } from '@azure/storage-blob';
import { ClawbackError, type ErrorCode } from '../../ports/errors.ts';
import { leanCause } from './lean-cause.ts';
import { retryAfter } from './retry-after.ts';

/** What was tried, in the words of a shared access signature's permissions; the blocks of a large blob are written. */
export type AzblobPermission = 'create and write' | 'read' | 'list' | 'delete';

export interface AzblobAttempt {
  readonly what: string;
  readonly permission: AzblobPermission;
  readonly signal: AbortSignal | undefined;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly hint?: string;
}

const CREDENTIALS =
  'see AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, and the clock of this host: ' +
  'Azure allows 15 minutes';

/** By Azure's own error codes. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  BlobNotFound: { code: 'NOT_FOUND' },
  ContainerNotFound: { code: 'NOT_FOUND', hint: 'make the container, or mend its name in the destination' },
  ContainerBeingDeleted: { code: 'NOT_FOUND', hint: 'the container is being deleted' },
  BlobAlreadyExists: { code: 'EXISTS' },
  ConditionNotMet: { code: 'EXISTS' },
  AuthenticationFailed: { code: 'DENIED', hint: CREDENTIALS },
  InvalidAuthenticationInfo: { code: 'DENIED', hint: CREDENTIALS },
  AccountIsDisabled: { code: 'DENIED', hint: 'the account is switched off' },
  BlobImmutableDueToPolicy: {
    code: 'DENIED',
    hint: 'the container keeps its blobs for a time that is not over; that is its purpose',
  },
};

/** What a failed request means to the storage contract. */
export function azblobError(error: unknown, { what, permission, signal }: AzblobAttempt): ClawbackError {
  if (signal?.aborted === true) return new ClawbackError('ABORTED', 'interrupted');
  const { code, hint } = meaningOf(error, permission);
  // Azure adds lines with the number of the request and the time.
  const reason =
    (error instanceof Error ? error.message : String(error)).split('\n')[0]?.trim().replace(/\.$/, '') ?? '';
  return new ClawbackError(code, `${what}: ${reason}`, {
    cause: leanCause(error),
    ...(hint !== undefined && { hint }),
    ...waitOf(error),
  });
}

/** True if trying again may help. */
export function isPassing(error: unknown): boolean {
  return meaningOf(error, 'create and write').code === 'UNAVAILABLE';
}

/** True if a range begins past the blob's end. */
export function isPastEnd(error: unknown): boolean {
  return statusOf(error) === 416;
}

/** True if there is no such blob, in a container that there is. */
export function isMissingBlob(error: unknown): boolean {
  return statusOf(error) === 404 && codeOf(error) === 'BlobNotFound';
}

/** True if there was no answer that could have said why. */
export function isLoss(error: unknown): boolean {
  return !(error instanceof ClawbackError) && statusOf(error) === 0;
}

function meaningOf(error: unknown, permission: AzblobPermission): Meaning {
  if (error instanceof ClawbackError)
    return error.hint === undefined ? { code: error.code } : { code: error.code, hint: error.hint };
  const known = MEANINGS[codeOf(error)];
  if (known !== undefined) return known;
  const status = statusOf(error);
  if (isUnsent(error)) return { code: 'UNAVAILABLE', hint: 'see whether the storage can be reached from this host' };
  if (status === 401 || status === 403) {
    // Azure says this in several codes, Azurite in another.
    if (error instanceof Error && /failed to authenticate/i.test(error.message))
      return { code: 'DENIED', hint: CREDENTIALS };
    return { code: 'DENIED', hint: `grant the right to ${permission}; docs/storage.md names the least rights that do` };
  }
  if (status === 404) return { code: 'NOT_FOUND' };
  return { code: status === 408 || status === 429 || status >= 500 ? 'UNAVAILABLE' : 'FAILED' };
}

/** The SDK's code, or Node's, for a name that does not resolve, a refused connection, or one that was cut. */
function isUnsent(error: unknown): boolean {
  return statusOf(error) === 0 && /^(?:REQUEST_SEND_ERROR|E[A-Z]+)$/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function waitOf(error: unknown): { readonly retryAfter?: number } {
  return isRestError(error) ? retryAfter(error.response?.headers.get('retry-after')) : {};
}

/** As the SDK would say; but it is loaded on first use, and this is not a use. */
function isRestError(error: unknown): error is RestError {
  return error instanceof Error && error.name === 'RestError';
}

function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0;
}
