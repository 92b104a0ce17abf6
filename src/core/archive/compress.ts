import { FrameCompressor } from './frame-compressor.ts';
import { mapOrdered } from './ordered.ts';
import { encodeSeekTable, FRAME_TAR_BYTES, type Frame } from './seek-table.ts';

/** Stands between pieces of tar: the frame ends here, so that what follows can be read without what came before. */
export const CUT: unique symbol = Symbol('the frame ends here');

export type Piece = Uint8Array | typeof CUT;

/** Frames compressed at once: enough to keep two cores busy while a third is gathered or written. */
const WIDTH = 3;

/** Compresses tar pieces into independent zstd frames of at most 4 MiB of tar each, then the seek table. */
export async function* compressFrames(pieces: AsyncIterable<Piece>): AsyncGenerator<Buffer> {
  const sizes: Pick<Frame, 'length' | 'tarLength'>[] = [];
  // Buffers and compressors are used again: left to the garbage collector, they are what the peak of memory is made of.
  const spare: Buffer[] = [];
  using compressors = new DisposableStack();
  const idle = Array.from({ length: WIDTH }, () => compressors.use(new FrameCompressor()));
  const compressed = mapOrdered(gather(pieces, spare), WIDTH, async (content) => {
    const compressor = idle.pop() ?? compressors.use(new FrameCompressor());
    const frame = await compressor.compress(content);
    idle.push(compressor);
    spare.push(Buffer.from(content.buffer));
    return { frame, tarLength: content.length };
  });
  for await (const { frame, tarLength } of compressed) {
    sizes.push({ length: frame.reduce((sum, { length }) => sum + length, 0), tarLength });
    yield* frame;
  }
  yield encodeSeekTable(sizes);
}

/** Fills frame buffers; each yielded one is a view of a whole ArrayBuffer of FRAME_TAR_BYTES. */
async function* gather(pieces: AsyncIterable<Piece>, spare: Buffer[]): AsyncGenerator<Buffer> {
  const fresh = (): Buffer => spare.pop() ?? Buffer.from(new ArrayBuffer(FRAME_TAR_BYTES));
  let frame = fresh();
  let filled = 0;
  for await (const piece of pieces) {
    if (piece === CUT) {
      if (filled > 0) {
        yield frame.subarray(0, filled);
        frame = fresh();
        filled = 0;
      }
      continue;
    }
    let used = 0;
    while (used < piece.length) {
      const taken = Math.min(FRAME_TAR_BYTES - filled, piece.length - used);
      frame.set(piece.subarray(used, used + taken), filled);
      filled += taken;
      used += taken;
      if (filled === FRAME_TAR_BYTES) {
        yield frame;
        frame = fresh();
        filled = 0;
      }
    }
  }
  if (filled > 0) yield frame.subarray(0, filled);
}
