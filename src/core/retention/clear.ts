import { ClawbackError, hasCode } from '../../ports/errors.ts';
import type { Storage } from '../../ports/storage.ts';
import type { Stock, StoredCandidate } from './stock.ts';

export interface Cleared {
  /** Ids of snapshots that are gone now. */
  readonly removed: readonly string[];
  /** Snapshots that the storage does not let go of, as one that is written once does. */
  readonly undeletable: readonly { readonly id: string; readonly message: string }[];
  /** How many leftovers of failed and killed puts were swept away. */
  readonly leftovers: number;
  /** What broke it off; null if it came to its end. */
  readonly error: ClawbackError | null;
}

export const NOTHING_CLEARED: Cleared = { removed: [], undeletable: [], leftovers: 0, error: null };

/** Of the small objects beside the snapshots, the newest so many are kept: drills of many years, and who may read a status now. */
const KEPT_DRILLS = 100;
const KEPT_STATUS = 3;

const DAY = 86_400_000;

/**
 * Removes snapshots from one storage, and whatever else is in nobody's interest. A kill at any point leaves nothing that refers
 * to something that is gone: a tag goes before its snapshot, and a differential before the full one that it needs.
 */
export async function clear(
  storage: Storage,
  { stock, remove, now }: { readonly stock: Stock; readonly remove: readonly StoredCandidate[]; readonly now: number },
  signal: AbortSignal,
): Promise<Cleared> {
  const removed: string[] = [];
  const undeletable: { id: string; message: string }[] = [];
  let [leftovers, error]: [number, ClawbackError | null] = [0, null];
  const stillNeeded = new Set<string | null>();

  async function removeSnapshot(snapshot: StoredCandidate): Promise<void> {
    const { id, base, digest16, key } = snapshot;
    try {
      if (base === null && stillNeeded.has(digest16)) {
        throw new ClawbackError('DENIED', 'a differential that needs it could not be removed');
      }
      for (const tag of stock.tags.filter((each) => each.snapshot === id)) await storage.delete(tag.key, { signal });
      await storage.delete(key, { signal });
      removed.push(id);
    } catch (reason) {
      if (!hasCode(reason, 'DENIED')) throw reason;
      undeletable.push({ id, message: reason.message });
      stillNeeded.add(base);
    }
  }

  try {
    for (const snapshot of inOrder(remove)) await removeSnapshot(snapshot);
    await removeWhereAllowed(storage, besideThem(stock), signal);
    leftovers = await storage.sweep(`${stock.instance}/`, { before: new Date(now - DAY), signal }).catch(noneIfDenied);
  } catch (reason) {
    signal.throwIfAborted();
    if (!(reason instanceof ClawbackError)) throw reason;
    error = reason;
  }
  return { removed, undeletable, leftovers, error };
}

/** Differentials first; the oldest first, so that a prune that is broken off has removed what is missed least. */
function inOrder(snapshots: readonly StoredCandidate[]): StoredCandidate[] {
  const rank = ({ base }: StoredCandidate): number => (base === null ? 1 : 0);
  return snapshots.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

/** Keys of old status objects and drill records, and of tags whose snapshot is not there. */
function besideThem({ snapshots, tags, status, drills }: Stock): string[] {
  const ids = new Set<string>(snapshots.map(({ id }) => id));
  return [
    ...status.slice(0, -KEPT_STATUS),
    ...drills.slice(0, -KEPT_DRILLS),
    ...tags.filter(({ snapshot }) => !ids.has(snapshot)).map(({ key }) => key),
  ];
}

/** They do no harm, so a storage that keeps them is left alone after the first. */
async function removeWhereAllowed(storage: Storage, keys: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    for (const key of keys) await storage.delete(key, { signal });
  } catch (reason) {
    noneIfDenied(reason);
  }
}

function noneIfDenied(reason: unknown): 0 {
  if (hasCode(reason, 'DENIED')) return 0;
  throw reason;
}
