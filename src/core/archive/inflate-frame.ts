import { promisify } from 'node:util';
import { zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { ClawbackError } from '../../ports/errors.ts';

const decompressAsync = promisify(zstdDecompress);

/** With room for more than there should be, a second buffer is not asked for to see that there is no more. */
const SPARE_BYTES = 64;

/**
 * Decompresses one frame of a seek table.
 *
 * @param tarLength bytes of its content
 * @throws ClawbackError `INTEGRITY` if it is not zstd or does not inflate to exactly that size
 */
export async function inflateFrame(bytes: Uint8Array, tarLength: number): Promise<Buffer<ArrayBuffer>> {
  return whole(await decompressAsync(bytes, optionsFor(tarLength)).catch(damaged), tarLength);
}

/** The same in this thread, which does nothing else meanwhile. */
export function inflateFrameHere(bytes: Uint8Array, tarLength: number): Buffer<ArrayBuffer> {
  try {
    return whole(zstdDecompressSync(bytes, optionsFor(tarLength)), tarLength);
  } catch (error) {
    return damaged(error);
  }
}

function optionsFor(tarLength: number): { chunkSize: number; maxOutputLength: number } {
  return { chunkSize: tarLength + SPARE_BYTES, maxOutputLength: Math.max(tarLength, 1) };
}

function whole(content: Buffer<ArrayBuffer>, tarLength: number): Buffer<ArrayBuffer> {
  if (content.length === tarLength) return content;
  throw new ClawbackError('INTEGRITY', 'a zstd frame is smaller than the seek table says');
}

function damaged(error: unknown): never {
  if (error instanceof ClawbackError) throw error;
  throw new ClawbackError('INTEGRITY', 'a zstd frame is damaged, or larger than the seek table says', { cause: error });
}
