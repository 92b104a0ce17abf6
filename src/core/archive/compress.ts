import { FrameCompressor } from './frame-compressor.ts';
import { mapOrdered } from './ordered.ts';
import { encodeSeekTable, type Frame } from './seek-table.ts';

/** Frames compressed at once: enough to keep two cores busy while a third is gathered or written. */
const WIDTH = 3;

/**
 * Compresses each frame of tar into an independent zstd frame, a few at once; then the seek table.
 *
 * @param done is told of each frame whose bytes are no longer needed
 */
export async function* compressFrames<F extends Uint8Array>(
  frames: AsyncIterable<F>,
  done: (frame: F) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const sizes: Pick<Frame, 'length' | 'tarLength'>[] = [];
  // Compressors are used again: left to the garbage collector, their memory is what the peak is made of.
  using compressors = new DisposableStack();
  const idle = Array.from({ length: WIDTH }, () => compressors.use(new FrameCompressor()));
  const compressed = mapOrdered(frames, WIDTH, async (frame) => {
    const compressor = idle.pop() ?? compressors.use(new FrameCompressor());
    const bytes = await compressor.compress(frame);
    idle.push(compressor);
    done(frame);
    return { bytes, tarLength: frame.length };
  });
  for await (const { bytes, tarLength } of compressed) {
    sizes.push({ length: bytes.reduce((sum, { length }) => sum + length, 0), tarLength });
    yield* bytes;
  }
  yield encodeSeekTable(sizes);
}
