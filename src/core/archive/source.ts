/** Bytes of a known size that can be read from anywhere: a stored object, its plaintext, the tar within. */
export interface ByteSource {
  /** Size in bytes; null if only reading to the end tells. */
  readonly size: number | null;
  /** Bytes `start` to `end`, exclusive; `end` null reads to the end. */
  read(start: number, end: number | null): AsyncIterable<Uint8Array>;
}

/** All of a stream in one buffer. `limit` bounds what a hostile stream can make us hold, in bytes. */
export async function collect(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of stream) {
    total += piece.length;
    if (total > limit) throw new RangeError(`more than ${limit} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, total);
}
