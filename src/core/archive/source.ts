/** Bytes of a known size that can be read from anywhere: a stored object, its plaintext, the tar within. */
export interface ByteSource {
  /** Size in bytes; null if only reading to the end tells. */
  readonly size: number | null;
  /** Bytes `start` to `end`, exclusive; `end` null reads to the end. */
  read(start: number, end: number | null): AsyncIterable<Uint8Array>;
}

/** The bytes of a stored object, of which there may be several copies. A damaged one differs from the others, and nothing else does. */
export interface StoredSource extends ByteSource {
  readonly size: number;
  /** How many copies there are, at least 1. */
  readonly copies: number;
  /** What was read last is not what was stored: reading goes on in the next copy, also where it has begun. */
  leave(reason: Error): void;
}

/**
 * All of a stream in one buffer; its pieces may hold their bytes only until the next is asked for.
 *
 * @param limit bounds what a hostile stream can make us hold, in bytes
 */
export async function collect(stream: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of stream) {
    total += piece.length;
    if (total > limit) throw new RangeError(`more than ${limit} bytes`);
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces, total);
}
