import { ClawbackError } from '../../ports/errors.ts';
import { compareContent } from '../archive/content-check.ts';
import type { DerivedFile, Entry } from '../archive/manifest.ts';

/** What a differential snapshot makes of the files of its base. */
export interface TakenFrom {
  /** A file that has the content of one of the base, by the path of that. */
  readonly same: ReadonlyMap<string, DerivedFile>;
  /** Files that have it with other blocks; and further ones with the same, which are rare. */
  readonly made: readonly DerivedFile[];
}

/**
 * @param base all entries of it
 * @throws ClawbackError `INTEGRITY` if it lacks a file, or has another content than the snapshot says.
 */
export function takenFrom(base: readonly Entry[], entries: readonly Entry[]): TakenFrom {
  const files = new Map(base.flatMap((entry) => (entry.type === 'file' ? [[entry.path, entry] as const] : [])));
  const same = new Map<string, DerivedFile>();
  const made: DerivedFile[] = [];
  for (const entry of entries) {
    if (entry.type !== 'file' || !('from' in entry)) continue;
    const source = files.get(entry.from);
    if (source === undefined) throw new ClawbackError('INTEGRITY', `the base lacks ${JSON.stringify(entry.from)}`);
    if (entry.blocks !== undefined || same.has(entry.from)) made.push(entry);
    else {
      compareContent(entry, source);
      same.set(entry.from, entry);
    }
  }
  return { same, made };
}
