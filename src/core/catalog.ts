import { ClawbackError, STORAGE_CODES } from '../ports/errors.ts';
import type { Destination } from './publish.ts';
import { newestFirst, parseKey, type StoredSnapshot } from './snapshot-id.ts';
import { parseTagKey, type Tag } from './tags.ts';

/** A snapshot and who holds it, nearest first. */
export interface HeldSnapshot extends StoredSnapshot {
  readonly holders: readonly Destination[];
  /** Who has something else under its key: of another size, so that one of the two is not whole. */
  readonly misfits: readonly Misfit[];
  /** The full snapshot that a differential one goes with; null for a full one, and where nobody has it. */
  readonly full: HeldSnapshot | null;
}

export interface Misfit {
  readonly destination: Destination;
  /** Size of what it has. */
  readonly bytes: number;
}

export interface Catalog {
  /** Newest first. */
  readonly snapshots: readonly HeldSnapshot[];
  /** By snapshot id; a tag in one destination counts for all. */
  readonly tags: ReadonlyMap<string, ReadonlySet<string>>;
  /** Destinations that did not answer. */
  readonly failures: readonly { readonly name: string; readonly error: ClawbackError }[];
}

/** Those on this host's file system before those behind a network; else in the order of the config. */
export function nearestFirst(destinations: readonly Destination[]): Destination[] {
  const isNear = ({ storage }: Destination): boolean => storage.location.startsWith('file:');
  return [...destinations.filter(isNear), ...destinations.filter((destination) => !isNear(destination))];
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
  const tags = new Map<string, Set<string>>();
  const failures: { name: string; error: ClawbackError }[] = [];
  const nearest = nearestFirst(destinations);
  const listings = await Promise.allSettled(nearest.map((destination) => listOne(destination, instance, signal)));
  for (const [index, listing] of listings.entries()) {
    const destination = nearest[index];
    if (destination === undefined) continue;
    if (listing.status === 'rejected') {
      const reason: unknown = listing.reason;
      signal.throwIfAborted();
      if (!(reason instanceof ClawbackError)) throw reason;
      failures.push({ name: destination.name, error: reason });
      continue;
    }
    for (const { snapshot, tag } of listing.value.tags) tags.set(snapshot, (tags.get(snapshot) ?? new Set()).add(tag));
    for (const snapshot of listing.value.snapshots) {
      found.set(snapshot.key, withCopy(found.get(snapshot.key), snapshot, destination));
    }
  }
  const [first] = failures;
  if (first !== undefined && failures.length === destinations.length) throw first.error;
  return { snapshots: newestFirst(withFulls([...found.values()])), tags, failures };
}

function withFulls(snapshots: readonly HeldSnapshot[]): HeldSnapshot[] {
  const nameOf = (instance: string, digest16: string): string => `${instance}/${digest16}`;
  const fulls = new Map(
    snapshots.filter(({ kind }) => kind === 'full').map((full) => [nameOf(full.instance, full.digest16), full]),
  );
  return snapshots.map((snapshot) =>
    snapshot.base === null
      ? snapshot
      : { ...snapshot, full: fulls.get(nameOf(snapshot.instance, snapshot.base)) ?? null },
  );
}

/** Of two sizes the larger one is taken for the snapshot's, and the other object for a part of it. */
function withCopy(known: HeldSnapshot | undefined, copy: StoredSnapshot, destination: Destination): HeldSnapshot {
  if (known === undefined) return { ...copy, holders: [destination], misfits: [], full: null };
  if (known.bytes === copy.bytes) return { ...known, holders: [...known.holders, destination] };
  if (known.bytes > copy.bytes) return { ...known, misfits: [...known.misfits, { destination, bytes: copy.bytes }] };
  const smaller = known.holders.map((holder) => ({ destination: holder, bytes: known.bytes }));
  return { ...copy, holders: [destination], misfits: [...known.misfits, ...smaller], full: null };
}

async function listOne(
  { storage }: Destination,
  instance: string | null,
  signal: AbortSignal,
): Promise<{ readonly snapshots: readonly StoredSnapshot[]; readonly tags: readonly Tag[] }> {
  const snapshots: StoredSnapshot[] = [];
  const tags: Tag[] = [];
  for await (const { key, size } of storage.list(instance === null ? '' : `${instance}/`, { signal })) {
    const snapshot = parseKey(key, size);
    const tag = snapshot === null ? parseTagKey(key) : null;
    if (snapshot !== null) snapshots.push(snapshot);
    if (tag !== null) tags.push(tag);
  }
  return { snapshots, tags };
}

/** True for what a storage rejects with when another one may still give the bytes. */
export function isAway(error: unknown): error is ClawbackError {
  const codes: readonly string[] = STORAGE_CODES;
  return error instanceof ClawbackError && codes.includes(error.code) && error.code !== 'ABORTED';
}
