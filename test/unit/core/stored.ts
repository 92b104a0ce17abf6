import type { HeldSnapshot } from '../../../src/core/catalog.ts';
import type { Destination } from '../../../src/core/publish.ts';
import { parseKey, snapshotId, snapshotKey } from '../../../src/core/snapshot-id.ts';
import { FACTS, type Packed } from '../../support/snapshots.ts';

/** Puts sealed bytes where a backup would, or under another key, and says how a catalog would show them. */
export async function stored(
  { bytes, digest }: Pick<Packed, 'bytes' | 'digest'>,
  holders: readonly Destination[],
  key = snapshotKey(FACTS.instance, snapshotId(FACTS.createdAt, digest)),
): Promise<HeldSnapshot> {
  for (const { storage } of holders) await storage.put(key, new Blob([new Uint8Array(bytes)]));
  const snapshot = parseKey(key, bytes.length);
  if (snapshot === null) throw new Error(`not a key: ${key}`);
  return { ...snapshot, holders, misfits: [], full: null };
}
