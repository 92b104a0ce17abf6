import type { StoredSource } from './archive/source.ts';
import { type HeldSnapshot, isAway } from './catalog.ts';
import type { Destination } from './publish.ts';

export interface HeldReading {
  readonly signal: AbortSignal;
  /** Told when a holder is left for the next one. */
  readonly onLeave: (holder: Destination, error: Error) => void;
}

/**
 * The bytes of a snapshot from the nearest of its holders. When one breaks off, or is left because its copy is damaged, the
 * next one goes on at the byte that comes next: a key holds the digest of its bytes, so that all holders ought to have the
 * same, and whoever reads need not start again.
 */
export function heldSource(snapshot: HeldSnapshot, reading: HeldReading): StoredSource {
  const { holders, bytes: size } = snapshot;
  // One that broke off once is not the first to be asked for the next range either.
  let current = 0;

  function leave(reason: Error): void {
    const holder = holders[current % holders.length];
    if (holder !== undefined) reading.onLeave(holder, reason);
    current += 1;
  }

  async function* read(start: number, end: number | null): AsyncGenerator<Uint8Array> {
    let at = start;
    const stop = end ?? size;
    for (let failures = 0; ;) {
      const asked = current;
      const holder = holders[asked % holders.length];
      if (holder === undefined) throw new Error(`nobody holds ${snapshot.id}`);
      try {
        const range = { start: at, end: stop };
        for await (const piece of await holder.storage.get(snapshot.key, { range, signal: reading.signal })) {
          at += piece.length;
          failures = 0;
          yield piece;
          // Whoever reads may have found that this holder's bytes are damaged.
          if (current !== asked && at < stop) break;
        }
        if (current === asked || at === stop) return;
      } catch (error) {
        if (current !== asked) continue;
        failures += 1;
        if (!isAway(error) || failures >= holders.length) throw error;
        leave(error);
      }
    }
  }
  return { size, copies: holders.length, read, leave };
}
