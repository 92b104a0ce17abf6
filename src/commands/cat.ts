import { ClawbackError } from '../ports/errors.ts';
import type { Context } from './context.ts';
import { type EntryView, entryView, normalPath, notInSnapshot } from './ls.ts';
import { type ReadOptions, withSnapshot } from './reading.ts';

export interface CatOptions extends ReadOptions {
  readonly snapshot: string;
  readonly path: string;
}

export interface CatResult {
  readonly entry: EntryView;
  /** Fails at its end if it is not what was captured. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** The content of one file, fetched without the rest of the snapshot. */
export async function cat(options: CatOptions, context: Context): Promise<CatResult> {
  const path = normalPath(options.path);
  return withSnapshot(options.snapshot, { options, context }, async (snapshot) => {
    const entry = (await snapshot.entriesAt(path)).find((candidate) => candidate.path === path);
    if (entry === undefined) throw notInSnapshot(path);
    if (entry.type !== 'file') {
      throw new ClawbackError('USAGE', `${path} is a ${entry.type}, not a file`, {
        hint: 'clawback ls lists a directory',
      });
    }
    return { entry: entryView(entry), content: snapshot.content(entry) };
  });
}
