import type { ErrorCode } from '../ports/errors.ts';

/** Exit codes that are no error's: `docs/scripting.md` explains all. */
export const EXIT_DONE = 0;
export const EXIT_USAGE = 2;
/** Some destinations hold the snapshot, others do not. */
export const EXIT_PART = 3;
/** A verification or drill was carried out, and found something wrong. */
export const EXIT_CHECK_SAID_NO = 4;
export const EXIT_INTERRUPTED = 130;

export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  FAILED: 1,
  DENIED: 1,
  NO_SPACE: 1,
  UNAVAILABLE: 1,
  EXISTS: 1,
  STATE: 1,
  TARGET: 1,
  GATEWAY_RUNNING: 1,
  USAGE: EXIT_USAGE,
  CONFIG: EXIT_USAGE,
  INTEGRITY: EXIT_CHECK_SAID_NO,
  UNTRUSTED: EXIT_CHECK_SAID_NO,
  CANNOT_BOOT: EXIT_CHECK_SAID_NO,
  CANNOT_MUTE: EXIT_CHECK_SAID_NO,
  GATEWAY_DIED: EXIT_CHECK_SAID_NO,
  LOCKED: 5,
  NO_IDENTITY: 6,
  NOT_FOUND: 7,
  ABORTED: EXIT_INTERRUPTED,
};
