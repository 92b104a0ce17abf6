import { ClawbackError, hasCode } from '../ports/errors.ts';
import type { Storage } from '../ports/storage.ts';
import type { StoredSnapshot } from './snapshot-id.ts';
import type { Spool } from './spool.ts';

export interface Destination {
  readonly name: string;
  readonly storage: Storage;
}

/** How the snapshots of the spool fared at one destination. */
export interface Delivery {
  readonly name: string;
  readonly location: string;
  /** True if everything that waited is there now. */
  readonly ok: boolean;
  /** Ids of what was put there in this run. */
  readonly delivered: readonly string[];
  readonly error: ClawbackError | null;
}

/**
 * How many snapshots the spool keeps for a destination that stays away although another one has them; without a limit a
 * forgotten destination would fill the disk.
 */
const KEPT_FOR_THE_ABSENT = 5;

export interface PublishRequest {
  /** Some or all of what waits in the spool, newest first. */
  readonly waiting: readonly StoredSnapshot[];
  readonly destinations: readonly Destination[];
}

/** Puts waiting snapshots to every destination, side by side, and lets go of what all of these have. */
export async function publish(
  spool: Spool,
  { waiting, destinations }: PublishRequest,
  signal: AbortSignal,
): Promise<Delivery[]> {
  const held = new Map<string, number>();
  const onHeld = ({ id }: StoredSnapshot): void => void held.set(id, (held.get(id) ?? 0) + 1);
  const deliveries = await Promise.all(
    destinations.map((destination) => deliver(destination, { spool, waiting, signal, onHeld })),
  );
  // A full snapshot stays for as long as a younger differential one that needs it.
  const needed = new Set<string | null>();
  for (const [age, snapshot] of waiting.entries()) {
    const holders = held.get(snapshot.id) ?? 0;
    const isOld = age >= KEPT_FOR_THE_ABSENT && !needed.has(snapshot.digest16);
    if (holders === destinations.length || (holders > 0 && isOld)) await spool.remove(snapshot);
    else needed.add(snapshot.base);
  }
  return deliveries;
}

interface DeliveryTask {
  readonly spool: Spool;
  readonly waiting: readonly StoredSnapshot[];
  readonly signal: AbortSignal;
  readonly onHeld: (snapshot: StoredSnapshot) => void;
}

async function deliver({ name, storage }: Destination, task: DeliveryTask): Promise<Delivery> {
  const delivered: string[] = [];
  let error: ClawbackError | null = null;
  for (const snapshot of task.waiting) {
    try {
      if (await put(storage, snapshot, task)) delivered.push(snapshot.id);
      task.onHeld(snapshot);
    } catch (reason) {
      task.signal.throwIfAborted();
      error = reason instanceof ClawbackError ? reason : new ClawbackError('FAILED', String(reason), { cause: reason });
      // One that is away, full or closed to us will be so for the next snapshot as well.
      break;
    }
  }
  return { name, location: storage.location, ok: error === null, delivered, error };
}

/** False if it was there already. */
async function put(storage: Storage, snapshot: StoredSnapshot, { spool, signal }: DeliveryTask): Promise<boolean> {
  try {
    await storage.put(snapshot.key, await spool.body(snapshot), { signal });
    return true;
  } catch (error) {
    // The key holds the digest: whoever put it, it is this snapshot.
    if (hasCode(error, 'EXISTS')) return false;
    throw error;
  }
}
