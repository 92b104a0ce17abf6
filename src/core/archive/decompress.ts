import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { ClawbackError } from '../../ports/errors.ts';
import { letGo } from '../memory.ts';
import { FRAME_MAGIC_BYTES, FrameWalker } from './frame-walker.ts';
import { inflateFrame } from './inflate-frame.ts';
import { mapOrdered } from './ordered.ts';
import type { Frame } from './seek-table.ts';

/** Frames decompressed at once. */
const WIDTH = 3;

/**
 * Decompresses the frames of a seek table, a few at once. `compressed` begins where the first of them does; its pieces are
 * let go.
 *
 * @throws ClawbackError `INTEGRITY` if a frame is not zstd or does not inflate to exactly the size the table says.
 */
export async function* inflateFrames(
  compressed: AsyncIterable<Uint8Array>,
  frames: readonly Frame[],
): AsyncGenerator<Buffer> {
  const split = splitFrames(compressed, frames);
  yield* mapOrdered(split, WIDTH, ({ frame, bytes }) => inflateFrame(bytes, frame.tarLength));
}

/**
 * Decompresses zstd frames of any number and size, as stock `zstd` writes them, in constant memory.
 *
 * Node's decompressor ends after the first frame and takes a truncated one for a whole one, both without a word; so the
 * frames are walked here and each gets a decompressor of its own.
 *
 * @throws ClawbackError `INTEGRITY` if the bytes are not whole zstd frames.
 */
export async function* inflateStream(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const frame of walkFrames(compressed)) {
    const decompressor = createZstdDecompress();
    const fed = pipeline(frame, decompressor).catch((error: unknown) => {
      throw error instanceof ClawbackError ? error : damaged(error);
    });
    // Also when the consumer leaves early: the rejection is then nobody's to hear.
    fed.catch(() => undefined);
    try {
      for await (const content of decompressor) yield content as Buffer;
    } catch {
      // The pipeline rejects with the cause: the walker's own error, or the decompressor's.
    }
    await fed;
  }
}

/** The frames of a stream, each as the stream of its bytes, which must be read before the next frame is asked for. */
async function* walkFrames(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<AsyncGenerator<Uint8Array>> {
  const walker = new FrameWalker();
  const pieces = compressed[Symbol.asyncIterator]();
  let rest: Uint8Array = Buffer.alloc(0);

  const fill = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await pieces.next();
      if (next.done === true) return false;
      rest = next.value;
    }
    return true;
  };
  async function* frame(): AsyncGenerator<Uint8Array> {
    yield FRAME_MAGIC_BYTES;
    for (;;) {
      if (!(await fill())) throw damaged();
      const step = walker.take(rest);
      const bytes = rest.subarray(0, step.length);
      rest = rest.subarray(step.length);
      yield bytes;
      if (step.ends) return;
    }
  }

  try {
    while (await fill()) {
      const step = walker.take(rest);
      rest = rest.subarray(step.length);
      if (walker.inFrame) yield frame();
    }
    if (!walker.atFrameStart) throw damaged();
  } finally {
    await pieces.return?.();
  }
}

function damaged(cause?: unknown): ClawbackError {
  return new ClawbackError('INTEGRITY', 'the compressed bytes are not whole zstd frames', { cause });
}

/**
 * Cuts a stream of compressed bytes at the frame borders of the table. Its pieces are let go.
 *
 * @param room gives memory for the bytes of one frame
 */
export async function* splitFrames(
  compressed: AsyncIterable<Uint8Array>,
  frames: readonly Frame[],
  room: (bytes: number) => Uint8Array = (bytes) => Buffer.allocUnsafe(bytes),
): AsyncGenerator<{ frame: Frame; bytes: Uint8Array }> {
  let next = 0;
  let current = frames[next];
  let bytes = room(current?.length ?? 0);
  let filled = 0;
  for await (const piece of compressed) {
    let used = 0;
    while (used < piece.length && current !== undefined) {
      const taken = Math.min(current.length - filled, piece.length - used);
      bytes.set(piece.subarray(used, used + taken), filled);
      filled += taken;
      used += taken;
      if (filled === current.length) {
        yield { frame: current, bytes };
        current = frames[++next];
        if (current !== undefined) bytes = room(current.length);
        filled = 0;
      }
    }
    letGo(piece);
  }
  if (current !== undefined) throw new ClawbackError('INTEGRITY', 'the snapshot ends before its last frame');
}
