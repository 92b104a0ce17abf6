import { checked } from './content-check.ts';
import { Cursor } from './cursor.ts';
import { derive } from './derive.ts';
import type { FileEntry, StoredFile } from './manifest.ts';
import type { Met } from './met.ts';
import type { Snapshot } from './snapshot.ts';

/** Files that lie no further apart in the tar are read in one go: a frame of small ones has to be inflated anyway. */
const GAP_BYTES = 1024 * 1024;

/**
 * The contents of some files, those of one tar in its order, each checked against its hash; reads no more than they need. A
 * content must be read before the next file is asked for.
 *
 * @throws ClawbackError `INTEGRITY`
 */
export async function* contentsOf(snapshot: Snapshot, files: readonly FileEntry[]): AsyncGenerator<Met<FileEntry>> {
  const stored = files.filter((entry) => 'offset' in entry);
  const derived = files.filter((entry) => 'from' in entry);
  if (derived.length > 0) {
    const base = snapshot.needBase();
    const sources = await base.filesNamed(derived.map(({ from }) => from));
    yield* derive(snapshot, contentsOf(base, sources), derived);
  }
  for (const run of runsOf(stored.toSorted((a, b) => a.offset - b.offset))) {
    const start = run[0]?.offset ?? 0;
    const end = Math.max(...run.map(endOf));
    await using cursor = new Cursor(snapshot.tar.read(start, end));
    for (const entry of run) {
      await cursor.skipTo(entry.offset - start);
      yield { entry, content: checked(cursor.stream(entry.size), entry) };
    }
  }
}

function runsOf(files: readonly StoredFile[]): StoredFile[][] {
  const runs: StoredFile[][] = [];
  let end = -Infinity;
  for (const file of files) {
    const run = runs.at(-1);
    if (run !== undefined && file.offset - end <= GAP_BYTES) run.push(file);
    else runs.push([file]);
    end = endOf(file);
  }
  return runs;
}

function endOf({ offset, size }: StoredFile): number {
  return offset + size;
}
