import { constants, createZstdCompress } from 'node:zlib';
import { letGo } from '../memory.ts';
import { AT_ONCE } from './frame-writer.ts';
import { mapOrdered } from './ordered.ts';
import { encodeSeekTable, type Frame } from './seek-table.ts';

/**
 * zstd's own default, beyond which a snapshot shrinks by a few per cent for twice the time; but with smaller tables, which
 * stay in a processor's nearest caches: a tenth less time, for one per cent more bytes.
 */
const PARAMETERS = {
  [constants.ZSTD_c_compressionLevel]: 3,
  [constants.ZSTD_c_hashLog]: 15,
  [constants.ZSTD_c_chainLog]: 15,
};

/** Frames that may be finished before one ahead of them is, which would leave a processor with nothing to do. */
const READY = 2;

/**
 * Compresses each frame of tar into an independent zstd frame, a few at once; then the seek table. A piece holds its bytes only
 * until the next is asked for.
 *
 * @param done is told of each frame whose bytes are no longer needed
 */
export async function* compressFrames<F extends Uint8Array>(
  frames: AsyncIterable<F>,
  done: (frame: F) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const sizes: Pick<Frame, 'length' | 'tarLength'>[] = [];
  const compressed = mapOrdered(
    frames,
    AT_ONCE,
    async (frame) => {
      const bytes = await compress(frame);
      done(frame);
      return { bytes, tarLength: frame.length };
    },
    READY,
  );
  for await (const { bytes, tarLength } of compressed) {
    sizes.push({ length: bytes.length, tarLength });
    yield bytes;
    letGo(bytes);
  }
  yield encodeSeekTable(sizes);
}

/**
 * One zstd frame. It is told at the first write that there will be no other, and has room for all that can come of it: else zstd
 * would gather the content in a buffer of its own before it looks at it, which costs a tenth of the time and most of the memory.
 */
async function compress(content: Uint8Array): Promise<Buffer> {
  const room = content.length + Math.ceil(content.length / 128) + 512;
  const zstd = createZstdCompress({
    chunkSize: room,
    flush: constants.ZSTD_e_end,
    pledgedSrcSize: content.length,
    params: PARAMETERS,
  });
  const pieces: Buffer[] = [];
  zstd.on('data', (piece: Buffer) => pieces.push(piece));
  const { promise: written, resolve, reject } = Promise.withResolvers<undefined>();
  zstd.on('error', reject);
  zstd.write(content, (error) => {
    if (error) reject(error);
    else resolve(undefined);
  });
  try {
    await written;
  } finally {
    zstd.destroy();
  }
  const [frame] = pieces;
  if (frame === undefined || pieces.length > 1) throw new Error('zstd has not made one piece of a frame');
  return frame;
}
