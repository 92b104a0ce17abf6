import { closeSync, constants, fchmodSync, fchownSync, futimesSync, openSync, writeSync } from 'node:fs';
import { ClawbackError, systemCode } from '../../ports/errors.ts';

/** A file to make. */
export interface FileToMake {
  /** Absolute; its directory is there. */
  readonly path: string;
  /** Permission bits to make it with. */
  readonly mode: number;
  /** What must be changed when it is made; null if nothing must. */
  readonly thenMode: number | null;
  readonly thenOwner: { readonly uid: number; readonly gid: number } | null;
  /** Milliseconds since 1970. */
  readonly mtime: number;
}

const { O_WRONLY, O_CREAT, O_EXCL } = constants;

/**
 * A file that is being written, in a private directory that nobody else knows.
 *
 * Synchronous calls: they go to the page cache, and a trip through the thread pool would cost more than they do.
 */
export class NewFile {
  readonly #file: FileToMake;
  readonly #descriptor: number;

  constructor(file: FileToMake) {
    this.#file = file;
    // Nothing that is there is opened, nor written to through a link.
    this.#descriptor = openSync(file.path, O_WRONLY | O_CREAT | O_EXCL, file.mode);
  }

  write(piece: Uint8Array): void {
    for (let written = 0; written < piece.length;) written += writeSync(this.#descriptor, piece, written);
  }

  /** Gives it its owner, mode and times, and closes it. */
  end(): void {
    const { thenOwner, thenMode, mtime } = this.#file;
    try {
      if (thenOwner !== null) fchownSync(this.#descriptor, thenOwner.uid, thenOwner.gid);
      if (thenMode !== null) fchmodSync(this.#descriptor, thenMode);
      futimesSync(this.#descriptor, mtime / 1000, mtime / 1000);
    } finally {
      this.close();
    }
  }

  /** Leaves it as it is. */
  close(): void {
    closeSync(this.#descriptor);
  }
}

/** What failed, in our words if the disk is full. */
export function asNoSpace(error: unknown): unknown {
  const code = systemCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new ClawbackError('NO_SPACE', 'the disk of the target is full', {
    cause: error,
    hint: 'free some space there, or restore elsewhere',
  });
}
