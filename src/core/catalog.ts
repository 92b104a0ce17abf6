import { ClawbackError, hasCode } from '../ports/errors.ts';
import { type Keyring } from './archive/header.ts';
import { Snapshot } from './archive/snapshot.ts';
import { storedSource } from './archive/stored.ts';
import { type Trust } from './archive/trust.ts';
import { type Destination } from './publish.ts';
import { newestFirst, parseKey, type StoredSnapshot } from './snapshot-id.ts';

/** A snapshot and who holds it, nearest first. */
export interface HeldSnapshot extends StoredSnapshot {
  readonly holders: readonly Destination[];
}

export interface Catalog {
  /** Newest first. */
  readonly snapshots: readonly HeldSnapshot[];
  /** Destinations that did not answer. */
  readonly failures: readonly { readonly name: string; readonly error: ClawbackError }[];
}

/**
 * What all destinations hold together.
 *
 * @param instance null for all instances
 * @throws the error of the first destination if none answers
 */
export async function catalog(
  destinations: readonly Destination[],
  instance: string | null,
  signal: AbortSignal,
): Promise<Catalog> {
  const found = new Map<string, HeldSnapshot>();
  const failures: { name: string; error: ClawbackError }[] = [];
  const listings = await Promise.allSettled(destinations.map((destination) => listOne(destination, instance, signal)));
  for (const [index, listing] of listings.entries()) {
    const destination = destinations[index];
    if (destination === undefined) continue;
    if (listing.status === 'rejected') {
      const reason: unknown = listing.reason;
      signal.throwIfAborted();
      if (!(reason instanceof ClawbackError)) throw reason;
      failures.push({ name: destination.name, error: reason });
      continue;
    }
    for (const snapshot of listing.value) {
      const holders = [...(found.get(snapshot.key)?.holders ?? []), destination];
      found.set(snapshot.key, { ...snapshot, holders });
    }
  }
  const [first] = failures;
  if (first !== undefined && failures.length === destinations.length) throw first.error;
  return { snapshots: newestFirst([...found.values()]), failures };
}

async function listOne(
  { storage }: Destination,
  instance: string | null,
  signal: AbortSignal,
): Promise<StoredSnapshot[]> {
  const snapshots: StoredSnapshot[] = [];
  for await (const { key, size } of storage.list(instance === null ? '' : `${instance}/`, { signal })) {
    const snapshot = parseKey(key, size);
    if (snapshot !== null) snapshots.push(snapshot);
  }
  return snapshots;
}

/** Runs `use` with the nearest holder of a snapshot; with the next one if it cannot be reached or lacks it after all. */
export async function withHolder<T>(snapshot: HeldSnapshot, use: (holder: Destination) => Promise<T>): Promise<T> {
  let failure: unknown = new ClawbackError('NOT_FOUND', `no destination holds ${snapshot.id}`);
  for (const holder of snapshot.holders) {
    try {
      return await use(holder);
    } catch (error) {
      const isAway = hasCode(error, 'UNAVAILABLE') || hasCode(error, 'NOT_FOUND') || hasCode(error, 'DENIED');
      if (!isAway) throw error;
      failure = error;
    }
  }
  throw failure;
}

/**
 * Opens a stored snapshot and checks that it is the one its key names.
 *
 * @throws ClawbackError as {@link Snapshot.open}; `INTEGRITY` if it was taken of another instance or at another time.
 */
export async function openHeld(
  stored: StoredSnapshot,
  { storage }: Destination,
  reading: { readonly keyring: Keyring; readonly trust: Trust; readonly signal: AbortSignal },
): Promise<Snapshot> {
  const snapshot = await Snapshot.open(storedSource(storage, stored, reading.signal), reading.keyring, reading.trust);
  const { instance, createdAt } = snapshot.manifest;
  if (instance !== stored.instance || createdAt !== stored.createdAt) {
    throw new ClawbackError(
      'INTEGRITY',
      `${stored.key} holds a snapshot of ${instance} from ${createdAt}: it was renamed`,
      {
        hint: 'use another snapshot, and find out who renamed this one',
      },
    );
  }
  return snapshot;
}
