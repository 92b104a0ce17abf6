import type { Frame } from './seek-table.ts';
import { paddingBytes } from './tar-block.ts';

/** Where the content of a file lies, in bytes of the tar. */
export interface Place {
  readonly offset: number;
  readonly size: number;
}

/** Frames whose tar can be read without what lies before: it begins with a header, and the next one does where it ends. */
export interface Stretch<P extends Place> {
  readonly frames: readonly Frame[];
  /** What they hold, in the order of the tar. */
  readonly contents: readonly P[];
}

/**
 * Cuts a tar into stretches, which can be read at the same time. Only where a content of the list ends just before a frame is it
 * certain that an entry begins there: whoever finds that it does not has found that the tar is not what the list says.
 *
 * @param contents all that are listed, in any order
 */
export function stretchesOf<P extends Place>(frames: readonly Frame[], contents: readonly P[]): Stretch<P>[] {
  const sorted = contents.toSorted((a, b) => a.offset - b.offset);
  const stretches: Stretch<P>[] = [];
  let firstFrame = 0;
  let first = 0;
  let next = 0;
  const cut = (frame: number): void => {
    stretches.push({ frames: frames.slice(firstFrame, frame), contents: sorted.slice(first, next) });
    firstFrame = frame;
    first = next;
  };
  for (const [index, { tarStart }] of frames.entries()) {
    while ((sorted[next]?.offset ?? Infinity) <= tarStart) next++;
    const last = sorted[next - 1];
    if (last !== undefined && last.offset + last.size + paddingBytes(last.size) === tarStart) cut(index);
  }
  next = sorted.length;
  cut(frames.length);
  return stretches;
}
