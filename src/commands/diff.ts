import type { Entry } from '../core/archive/manifest.ts';
import type { Context } from './context.ts';
import { type EntryView, entryView } from './ls.ts';
import { prepareReading, type ReadOptions, readSnapshot } from './reading.ts';

export interface DiffOptions extends ReadOptions {
  readonly a: string;
  readonly b: string;
}

/** In order of path. */
export interface DiffResult {
  readonly added: readonly EntryView[];
  readonly removed: readonly EntryView[];
  readonly changed: readonly { readonly path: string; readonly before: EntryView; readonly after: EntryView }[];
}

/** What was added, removed and changed from snapshot `a` to snapshot `b`. */
export async function diff(options: DiffOptions, context: Context): Promise<DiffResult> {
  const reading = await prepareReading(options, context);
  const entriesOf = (wanted: string): Promise<Map<string, Entry>> =>
    readSnapshot(wanted, { reading, context }, async (snapshot) => {
      return new Map((await snapshot.entries()).map((entry) => [entry.path, entry]));
    });
  const earlier = await entriesOf(options.a);
  const later = await entriesOf(options.b);
  return {
    added: [...later.values()].filter(({ path }) => !earlier.has(path)).map(entryView),
    removed: [...earlier.values()].filter(({ path }) => !later.has(path)).map(entryView),
    changed: [...later.values()].flatMap((entry) => {
      const old = earlier.get(entry.path);
      if (old === undefined || isSame(old, entry)) return [];
      return [{ path: entry.path, before: entryView(old), after: entryView(entry) }];
    }),
  };
}

/** What a restore would make differently: content, mode, owner, target; a directory's time says nothing. */
function isSame(a: Entry, b: Entry): boolean {
  if (a.type !== b.type || a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid) return false;
  if (a.type === 'file' && b.type === 'file') return a.sha256 === b.sha256 && a.size === b.size;
  return a.type !== 'symlink' || b.type !== 'symlink' || a.target === b.target;
}
