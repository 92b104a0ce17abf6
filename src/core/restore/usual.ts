import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that the mode of a new file can ask for. */
const ALL_MODE = 0o777;

/** What a file is that this process makes in a place, if nobody says otherwise: that depends on more than its user and its umask. */
export interface Usual {
  /** Permission bits that are given if they are asked for. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Finds it out, in a private directory, by a file that is gone at once. */
export function usualIn(directory: string): Usual {
  const path = join(directory, `.clawback-${randomUUID()}`);
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, ALL_MODE);
  try {
    const { mode, uid, gid } = fstatSync(descriptor);
    return { mode: mode & ALL_MODE, uid, gid };
  } finally {
    closeSync(descriptor);
    unlinkSync(path);
  }
}
