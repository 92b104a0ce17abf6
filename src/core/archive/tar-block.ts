/** What everything in a tar is made of. */
export const BLOCK_BYTES = 512;

/** Two blocks of zeros end a tar. */
export const END_OF_TAR = Buffer.alloc(2 * BLOCK_BYTES);

/** Zeros that fill the last block of a content of this size. */
export function padding(size: number): Buffer {
  return END_OF_TAR.subarray(0, paddingBytes(size));
}

export function paddingBytes(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}
