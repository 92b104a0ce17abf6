import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type AtRest, isAtRest } from './own-clock.ts';

/** A file up to this size is read at once, and again if it changed meanwhile; 1 MiB. */
export const AT_ONCE_BYTES = 1024 * 1024;

/** Bytes of a large file that are read at once: what is done with them finds them in the processor's cache. 64 KiB. */
const PIECE_BYTES = 64 * 1024;

/** How often a file that keeps changing is read. */
const ATTEMPTS = 3;

/** Never follows a link, and never waits for the other end of a pipe, that took a file's place since it was seen. */
export const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface ReadFile {
  readonly stats: Stats;
  readonly size: number;
  /** Exactly `size` bytes. A piece holds them only until the next one, or the next file, is asked for. */
  readonly content: Buffer | Iterable<Buffer>;
}

export interface SmallFile extends ReadFile {
  readonly content: Buffer;
  /** False if it was written to whenever it was read. */
  readonly steady: boolean;
}

/** Gives memory for the next piece of a large file, at least a byte. */
export type Room = () => Uint8Array;

export interface ReaderOptions {
  /** Where to read large files to, piece by piece; default: memory of its own. */
  readonly room?: Room | undefined;
  /** For what one look is enough; default: for nothing. */
  readonly atRest?: AtRest;
}

/** A change that was seen while a file was read. */
export type Change = 'changed' | 'shrank';

/**
 * Reads files one after the other into one and the same buffer: tens of thousands of small ones would otherwise leave as
 * many for the garbage collector.
 */
export class FileReader {
  readonly #buffer = Buffer.allocUnsafe(AT_ONCE_BYTES);
  readonly #room: Room;
  readonly #atRest: ReaderOptions['atRest'];

  constructor({ room, atRest }: ReaderOptions = {}) {
    this.#room = room ?? (() => this.#buffer);
    this.#atRest = atRest;
  }

  /**
   * Opens a file of any size. A small one is read until two looks agree; of a large one the bytes that were there when it
   * was opened are read, and `onChange` is told if it was another file by the end.
   *
   * @throws the system's error if it cannot be opened or read.
   */
  read(path: string, onChange: (change: Change) => void): ReadFile {
    const small = this.readSmall(path);
    if (small !== null) {
      if (!small.steady) onChange('changed');
      return small;
    }
    const descriptor = openSync(path, READ_FLAGS);
    try {
      const stats = fstatSync(descriptor);
      return { stats, size: stats.size, content: this.#readLarge(descriptor, stats, onChange) };
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /**
   * Reads a file at once; null if it is too large for that.
   *
   * @param seen what an earlier look at it told, which saves one; null if there was none
   */
  readSmall(path: string, seen: Stats | null = null): SmallFile | null {
    const once = seen === null && this.#atRest !== undefined ? this.#readOnce(path, this.#atRest) : null;
    if (once !== null) return once;
    for (let attempt = 1; ; attempt++) {
      const descriptor = openSync(path, READ_FLAGS);
      try {
        const before = (attempt === 1 ? seen : null) ?? fstatSync(descriptor);
        if (before.size > AT_ONCE_BYTES) return null;
        // One that is said to be empty is asked for a byte: a file system may not know the size of what it makes up.
        const length = fill(descriptor, this.#buffer, Math.max(before.size, 1));
        const after = fstatSync(descriptor);
        const steady =
          length === before.size &&
          after.size === before.size &&
          after.mtimeMs === before.mtimeMs &&
          after.ino === before.ino;
        if (steady || attempt === ATTEMPTS) {
          const size = Math.min(length, before.size);
          return { stats: before, size, content: this.#buffer.subarray(0, size), steady };
        }
      } finally {
        closeSync(descriptor);
      }
    }
  }

  /**
   * Reads a file that nobody has written to since the capture began, as nearly all are, with one look at it: the time of its last
   * change tells. Null for any other, of which that cannot be said.
   */
  #readOnce(path: string, atRest: AtRest): SmallFile | null {
    const descriptor = openSync(path, READ_FLAGS);
    try {
      const size = readSync(descriptor, this.#buffer, 0, PIECE_BYTES, null);
      if (size === PIECE_BYTES) return null;
      const stats = fstatSync(descriptor);
      if (stats.size !== size || !isAtRest(stats, atRest)) return null;
      return { stats, size, content: this.#buffer.subarray(0, size), steady: true };
    } finally {
      closeSync(descriptor);
    }
  }

  *#readLarge(descriptor: number, stats: Stats, onChange: (change: Change) => void): Generator<Buffer> {
    try {
      let left = stats.size;
      while (left > 0) {
        const piece = this.#piece(left);
        const read = readSync(descriptor, piece);
        if (read === 0) break;
        left -= read;
        yield piece.subarray(0, read);
      }
      const { size, mtimeMs } = fstatSync(descriptor);
      if (left > 0) {
        // Its header has been written with the size that it had. Zeros keep the archive whole; the warning says so.
        onChange('shrank');
        for (let piece; left > 0; left -= piece.length) {
          piece = this.#piece(left).fill(0);
          yield piece;
        }
      } else if (size !== stats.size || mtimeMs !== stats.mtimeMs) onChange('changed');
    } finally {
      closeSync(descriptor);
    }
  }

  #piece(most: number): Buffer {
    const { buffer, byteOffset, length } = this.#room();
    return Buffer.from(buffer, byteOffset, Math.min(most, length, PIECE_BYTES));
  }
}

/** Reads so many bytes, or up to the end if that comes before; returns how many. Whether there are more, the file's size tells. */
function fill(descriptor: number, buffer: Buffer, bytes: number): number {
  let filled = 0;
  while (filled < bytes) {
    const read = readSync(descriptor, buffer, filled, bytes - filled, null);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}
