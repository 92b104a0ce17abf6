/** By these a file that is untouched is known without reading it. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  /** NaN, which equals nothing, where a change could have left it as it is. */
  readonly ctimeMs: number;
  readonly ino: number;
}

export function areSame(a: Stamp | null, b: Stamp | null): boolean {
  if (a === null || b === null) return a === b;
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;
}

/** File systems tell times to some milliseconds, in which a file may change twice. */
export const UNCERTAIN_MS = 2000;
