import { ClawbackError, type StorageErrorCode } from '../../ports/errors.ts';

/** Status codes of the SFTP protocol, version 3. */
export const STATUS = { NO_SUCH_FILE: 2, PERMISSION_DENIED: 3, FAILURE: 4 } as const;

const CODES: Readonly<Record<number, StorageErrorCode>> = {
  [STATUS.NO_SUCH_FILE]: 'NOT_FOUND',
  [STATUS.PERMISSION_DENIED]: 'DENIED',
  6: 'UNAVAILABLE',
  7: 'UNAVAILABLE',
};

const HINTS: Readonly<Partial<Record<StorageErrorCode, string>>> = {
  DENIED: 'the user that logs in needs read and write permission there; see docs/storage.md for the least that does',
  FAILED: 'the server does not say why: a quota, perhaps, or something is in the way',
};

/** What a failed SFTP request means to the storage contract. */
export function sftpError(error: unknown, what: string): ClawbackError {
  if (error instanceof ClawbackError) return error;
  if (error instanceof Error && error.name === 'AbortError') return new ClawbackError('ABORTED', 'interrupted');
  const status = statusOf(error);
  const code = (status === undefined ? undefined : CODES[status]) ?? 'FAILED';
  const hint = status === undefined ? undefined : HINTS[code];
  const reason = error instanceof Error ? error.message : String(error);
  return new ClawbackError(code, `${what}: ${reason.toLowerCase()}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

export function isStatus(error: unknown, status: number): boolean {
  return statusOf(error) === status;
}

/** The status that the server answered with; undefined if the error is another one. */
function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
