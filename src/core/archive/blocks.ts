import { Cursor } from './cursor.ts';
import type { ChangedBlocks } from './manifest.ts';

/** The bytes that changed blocks take in the tar of a differential snapshot, for a file of `fileBytes`. */
export function changedBytes({ size, runs }: ChangedBlocks, fileBytes: number): number {
  return runs.reduce((sum, [start, count]) => sum + Math.min((start + count) * size, fileBytes) - start * size, 0);
}

/**
 * A file with some of its blocks replaced, in one pass over it; it is read to its end, so that what checks it does.
 *
 * @param changed the replaced blocks one after the other
 * @param fileBytes size of the result; what is missing of it, whoever checks it will find
 */
export async function* patched(
  before: AsyncIterable<Uint8Array>,
  changed: AsyncIterable<Uint8Array>,
  { size, runs, fileBytes }: ChangedBlocks & { readonly fileBytes: number },
): AsyncGenerator<Uint8Array> {
  await using kept = new Cursor(before);
  await using replaced = new Cursor(changed);
  for (const [start, count] of runs) {
    yield* kept.stream(start * size - kept.position);
    const end = Math.min((start + count) * size, fileBytes);
    yield* replaced.stream(end - start * size);
    await kept.skipTo(end);
  }
  yield* kept.stream(fileBytes - kept.position);
  for await (const _ of kept.rest());
}
