import { type Stats, statSync } from 'node:fs';
import type { Stamp } from '../stamp.ts';

export function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): Stamp {
  return { size, mtimeMs, ctimeMs, ino };
}

/** Stamps of where a database has what is not in its own file yet. */
export function companionsOf(database: string): (Stamp | null)[] {
  return ['-wal', '-journal'].map((ending) => {
    const stats = statSync(database + ending, { throwIfNoEntry: false });
    return stats === undefined ? null : stampOf(stats);
  });
}

export interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
}

export function ownership({ mode, uid, gid, mtimeMs }: Stats): Ownership {
  return { mode: mode & 0o7777, uid, gid, mtime: Math.floor(mtimeMs) };
}
