import { type ByteSource } from './archive/source.ts';
import { type HeldSnapshot, isAway } from './catalog.ts';
import { type Destination } from './publish.ts';

export interface HeldReading {
  readonly signal: AbortSignal;
  /** Told when a holder is left for the next one. */
  readonly onLeave: (holder: Destination, error: Error) => void;
}

/**
 * The bytes of a snapshot from the nearest of its holders. When one breaks off, the next one goes on at the byte that comes
 * next: a key holds the digest of its bytes, so that all holders have the same, and whoever reads need not start again.
 */
export function heldSource(snapshot: HeldSnapshot, reading: HeldReading): ByteSource & { readonly size: number } {
  const { holders, bytes: size } = snapshot;
  // One that broke off once is not the first to be asked for the next range either.
  let current = 0;

  async function* read(start: number, end: number | null): AsyncGenerator<Uint8Array> {
    let at = start;
    for (let failures = 0; ;) {
      const holder = holders[current % holders.length];
      if (holder === undefined) throw new Error(`nobody holds ${snapshot.id}`);
      try {
        const range = { start: at, end: end ?? size };
        for await (const piece of await holder.storage.get(snapshot.key, { range, signal: reading.signal })) {
          at += piece.length;
          failures = 0;
          yield piece;
        }
        return;
      } catch (error) {
        failures += 1;
        if (!isAway(error) || failures >= holders.length) throw error;
        reading.onLeave(holder, error);
        current += 1;
      }
    }
  }
  return { size, read };
}
