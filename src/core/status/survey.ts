import { ClawbackError, hasCode } from '../../ports/errors.ts';
import type { Storage } from '../../ports/storage.ts';
import type { Destination } from '../publish.ts';
import { newestFirst, parseKey, type StoredSnapshot } from '../snapshot-id.ts';
import type { StatusDocument } from './document.ts';
import { readStatus } from './series.ts';

/** What one destination has of one instance. */
export interface Sighting {
  readonly newest: StoredSnapshot | null;
  /** What the last backup said of itself; null if it said nothing, or nobody here may read it. */
  readonly document: StatusDocument | null;
  /** What is wrong with it, for people. */
  readonly problems: readonly string[];
}

const STATUS = /^([^/]+)\/status\/\d{8}\.json$/;

/**
 * Looks through a destination, by the names of its objects and the newest status object of each instance.
 *
 * @param instance null for all
 * @returns what it has, by instance; or why it did not answer
 */
export async function surveyDestination(
  { storage }: Destination,
  instance: string | null,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Sighting> | ClawbackError> {
  const snapshots: StoredSnapshot[] = [];
  const names = new Set<string>();
  try {
    for await (const { key, size } of storage.list(instance === null ? '' : `${instance}/`, { signal })) {
      const snapshot = parseKey(key, size);
      const name = snapshot?.instance ?? STATUS.exec(key)?.[1];
      if (snapshot !== null) snapshots.push(snapshot);
      if (name !== undefined) names.add(name);
    }
    const found = new Map<string, Sighting>();
    for (const name of names) {
      const mine = snapshots.filter((snapshot) => snapshot.instance === name);
      found.set(name, await sightingOf(storage, { name, snapshots: mine }, signal));
    }
    return found;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ClawbackError) return error;
    throw error;
  }
}

async function sightingOf(
  storage: Storage,
  { name, snapshots }: { readonly name: string; readonly snapshots: readonly StoredSnapshot[] },
  signal: AbortSignal,
): Promise<Sighting> {
  const newest = newestFirst(snapshots)[0] ?? null;
  try {
    const document = await readStatus(storage, name, signal);
    const isThere = document === null || snapshots.some(({ id }) => id === document.snapshot);
    const problems = isThere ? [] : [`the snapshot ${document.snapshot}, which the last backup put there, is gone`];
    return { newest, document, problems };
  } catch (error) {
    if (hasCode(error, 'INTEGRITY')) return { newest, document: null, problems: [error.message] };
    // A host that may only put and list still knows when its snapshots were taken.
    if (hasCode(error, 'DENIED')) return { newest, document: null, problems: [] };
    throw error;
  }
}
