import { ClawbackError, systemCode, type StorageErrorCode } from '../../ports/errors.ts';

const CODES: Readonly<Record<string, StorageErrorCode>> = {
  ENOENT: 'NOT_FOUND',
  EEXIST: 'EXISTS',
  EACCES: 'DENIED',
  EPERM: 'DENIED',
  EROFS: 'DENIED',
  ENOSPC: 'NO_SPACE',
  EDQUOT: 'NO_SPACE',
  EFBIG: 'NO_SPACE',
  EIO: 'UNAVAILABLE',
  ESTALE: 'UNAVAILABLE',
  ETIMEDOUT: 'UNAVAILABLE',
  EHOSTDOWN: 'UNAVAILABLE',
  EBUSY: 'UNAVAILABLE',
  ABORT_ERR: 'ABORTED',
};

const HINTS: Readonly<Partial<Record<StorageErrorCode, string>>> = {
  DENIED: 'the user that runs clawback needs read and write permission there',
  NO_SPACE: 'free some space there, or let `clawback prune` do it',
  UNAVAILABLE: 'see whether the disk or the network share is mounted and answers',
};

/** What a failed system call means to the storage contract. */
export function storageError(error: unknown, what: string): ClawbackError {
  if (error instanceof ClawbackError) return error;
  const system = systemCode(error);
  const aborted = error instanceof Error && error.name === 'AbortError';
  const code = aborted ? 'ABORTED' : ((system === undefined ? undefined : CODES[system]) ?? 'FAILED');
  const hint = HINTS[code];
  return new ClawbackError(code, `${what}: ${system ?? (error instanceof Error ? error.message : String(error))}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
