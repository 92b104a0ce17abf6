/**
 * Every failure that Clawback reports is a {@link ClawbackError} with a code from this closed list; the command line
 * maps each code to one exit code (`src/cli/exit.ts`). Storages may reject only with the codes of {@link STORAGE_CODES}.
 */
export const STORAGE_CODES = ['NOT_FOUND', 'EXISTS', 'DENIED', 'NO_SPACE', 'UNAVAILABLE', 'ABORTED', 'FAILED'] as const;

export type StorageErrorCode = (typeof STORAGE_CODES)[number];

export type ErrorCode =
  | StorageErrorCode
  /** The command line is wrong. */
  | 'USAGE'
  /** The configuration is wrong or lacks something. */
  | 'CONFIG'
  /** Another run holds the lock of this instance. */
  | 'LOCKED'
  /** No identity at hand opens the snapshot. */
  | 'NO_IDENTITY'
  /** Stored bytes are not what was written: truncated, altered, swapped, or unsafe to extract. */
  | 'INTEGRITY'
  /** The manifest is unsigned, or signed by a key that is not this instance's. */
  | 'UNTRUSTED'
  /** The state directory is missing, empty, or not one. */
  | 'STATE'
  /** The restore target is not fit: not empty, not writable, inside the source. */
  | 'TARGET'
  /** A Gateway runs on the state directory that would be replaced. */
  | 'GATEWAY_RUNNING'
  /** The drill cannot boot OpenClaw: it is not installed, or not one that can be muted. */
  | 'CANNOT_BOOT'
  /** This host gives no private namespaces to mute it in. */
  | 'CANNOT_MUTE'
  /** The Gateway was booted and did not become ready, or went away. */
  | 'GATEWAY_DIED';

export interface ErrorDetails {
  /** What to do about it, in the imperative; the second line on the terminal. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Milliseconds after which a storage that is `UNAVAILABLE` wants to be asked again. */
  readonly retryAfter?: number;
}

export class ClawbackError extends Error {
  override readonly name = 'ClawbackError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.hint = details.hint;
    this.retryAfter = details.retryAfter;
  }
}

/** True for a ClawbackError with this code: `if (hasCode(error, 'NOT_FOUND')) …`. */
export function hasCode(error: unknown, code: ErrorCode): error is ClawbackError {
  return error instanceof ClawbackError && error.code === code;
}

/** The `code` of a Node system error (`ENOENT`, `EACCES`, …), else undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
