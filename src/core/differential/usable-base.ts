import type { FullPolicy } from '../config/config.ts';
import type { Manifest } from '../archive/manifest.ts';
import { publicKeyOf, type SigningSecret } from '../keys/signing.ts';
import type { Delivery, Destination } from '../publish.ts';
import { snapshotKey, type SnapshotId, type StoredSnapshot } from '../snapshot-id.ts';
import type { Spool } from '../spool.ts';
import type { BaseStore, RememberedBase } from './base-store.ts';

export interface BaseRequest {
  readonly instance: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly recipients: readonly string[];
  readonly signingSecret: SigningSecret;
  readonly full: FullPolicy | 'always';
  readonly destinations: readonly Destination[];
  readonly spool: Spool;
}

/** The full snapshot that the next one may hold the changes since; null if it is to be a full one itself. */
export async function usableBase(
  bases: BaseStore,
  request: BaseRequest,
  signal: AbortSignal,
): Promise<RememberedBase | null> {
  const { full, recipients } = request;
  if (full === 'always') return null;
  const base = await bases.load();
  if (base === null) return null;
  const isOld = Date.parse(request.createdAt) - Date.parse(base.createdAt) >= full.every;
  const isOutgrown = base.largestDifferential > full.whenDifferentialExceeds * base.bytes;
  // Who may open the one must be who may open the other, and so for whom they are trusted.
  const isForOthers = base.signer !== publicKeyOf(request.signingSecret) || !areSame(base.recipients, recipients);
  if (isOld || isOutgrown || isForOthers) return null;
  if ((await request.spool.waiting()).some(({ id }) => id === base.id)) return base;
  const held = await Promise.all(
    request.destinations.map((destination) => holds(destination, { base, instance: request.instance }, signal)),
  );
  return held.every((has) => has) ? base : null;
}

export interface Taken extends Pick<BaseRequest, 'recipients' | 'signingSecret'> {
  readonly snapshot: StoredSnapshot;
  readonly digest: string;
  readonly manifest: Manifest;
  /** SHA-256 of the manifest's bytes, hex. */
  readonly sha256: string;
  readonly deliveries: readonly Delivery[];
  /** The file with the record of what a full one captured. */
  readonly tree: string;
}

/** Remembers a full snapshot as the base of those that follow; of a differential one, by how much its base is outgrown. */
export async function remember(bases: BaseStore, base: RememberedBase | null, taken: Taken): Promise<void> {
  const { snapshot, digest, manifest, sha256, recipients } = taken;
  const { id, createdAt, bytes } = snapshot;
  if (manifest.kind === 'differential') {
    if (base !== null) await bases.outgrow(base, bytes);
    return;
  }
  const signer = publicKeyOf(taken.signingSecret);
  const heldBy = taken.deliveries.filter(({ ok }) => ok).map(({ name }) => name);
  const about = { id, digest, manifest: sha256, createdAt, bytes, recipients, signer, heldBy };
  await bases.keep({ ...about, largestDifferential: 0 }, taken.tree);
}

/** One that does not answer is taken to have kept what it was given. */
async function holds(
  { name, storage }: Destination,
  { base, instance }: { readonly base: RememberedBase; readonly instance: string },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const key = snapshotKey(instance, base.id as SnapshotId);
    for await (const object of storage.list(key, { signal })) if (object.key === key) return true;
    return false;
  } catch {
    signal.throwIfAborted();
    return base.heldBy.includes(name);
  }
}

function areSame(before: readonly string[], now: readonly string[]): boolean {
  return before.length === now.length && now.every((recipient) => before.includes(recipient));
}
