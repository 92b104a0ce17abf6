import { mapOrdered } from './ordered.ts';
import type { StoredSource } from './source.ts';

/** Bytes of one request: large enough that asking for it costs little beside it. */
const PART_BYTES = 4 * 1024 * 1024;

/** Requests at once: one line to a cloud seldom fills the line of the host. */
const WIDTH = 4;

/**
 * Reads a long stretch of a stored object by several requests at once, and gives its bytes in order. At most 16 MiB are held;
 * a stretch that fits one request is one request.
 */
export function inParts(source: StoredSource): StoredSource {
  // What was fetched ahead from a copy that turned out to be damaged is not used.
  let copy = 0;

  async function* read(start: number, end: number | null): AsyncGenerator<Uint8Array> {
    const stop = end ?? source.size;
    if (stop - start <= PART_BYTES) {
      yield* source.read(start, stop);
      return;
    }
    const fetched = mapOrdered(partsOf(start, stop), WIDTH, async (part) => {
      const from = copy;
      return {
        ...part,
        from,
        pieces: await Array.fromAsync(source.read(part.start, part.end), (piece) => Buffer.from(piece)),
      };
    });
    for await (const part of fetched) {
      let at = part.start;
      for (const piece of part.pieces) {
        if (part.from !== copy) break;
        at += piece.length;
        yield piece;
      }
      if (at < part.end) yield* source.read(at, part.end);
    }
  }

  return {
    size: source.size,
    copies: source.copies,
    read,
    leave(reason) {
      copy += 1;
      source.leave(reason);
    },
  };
}

async function* partsOf(start: number, stop: number): AsyncGenerator<{ readonly start: number; readonly end: number }> {
  for (let at = start; at < stop; at += PART_BYTES) {
    yield await Promise.resolve({ start: at, end: Math.min(at + PART_BYTES, stop) });
  }
}
