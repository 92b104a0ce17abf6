import { zstdDecompressSync } from 'node:zlib';
import { ClawbackError } from '../../ports/errors.ts';

/** With room for one byte more than there should be, a second buffer is not asked for to see that there is none. */
const SPARE_BYTES = 64;

/**
 * Decompresses one frame of a seek table in this thread. The memory of the result belongs to nobody else.
 *
 * @param tarLength bytes of its content
 * @throws ClawbackError `INTEGRITY` if it is not zstd or does not inflate to exactly that size
 */
export function inflateFrame(bytes: Uint8Array, tarLength: number): Buffer<ArrayBuffer> {
  const content = inflated(bytes, tarLength);
  if (content.length !== tarLength)
    throw new ClawbackError('INTEGRITY', 'a zstd frame is smaller than the seek table says');
  return content;
}

function inflated(bytes: Uint8Array, tarLength: number): Buffer<ArrayBuffer> {
  try {
    return zstdDecompressSync(bytes, {
      chunkSize: tarLength + SPARE_BYTES,
      maxOutputLength: Math.max(tarLength, 1),
    });
  } catch (error) {
    throw new ClawbackError('INTEGRITY', 'a zstd frame is damaged, or larger than the seek table says', {
      cause: error,
    });
  }
}
