import { ClawbackError } from '../ports/errors.ts';

declare const brand: unique symbol;

/** `20261122T203437Z-<digest16>`: when the capture began, and the first 16 hex digits of the sealed bytes' SHA-256. */
export type SnapshotId = string & { readonly [brand]: 'SnapshotId' };

/** A stored snapshot, as its key and size alone tell. */
export interface StoredSnapshot {
  readonly id: SnapshotId;
  readonly key: string;
  readonly kind: 'full' | 'differential';
  /** `digest16` of the full snapshot without which a differential one cannot be restored; null for a full one. */
  readonly base: string | null;
  readonly instance: string;
  /** ISO 8601, UTC, whole seconds. */
  readonly createdAt: string;
  /** First 16 hex digits of the digest. */
  readonly digest16: string;
  /** Size of the sealed object in bytes. */
  readonly bytes: number;
}

const INSTANCE = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const KEY =
  /^([^/]+)\/((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-([0-9a-f]{16}))\.(?:full|diff-([0-9a-f]{16}))\.tar\.zst\.age$/;

/** True for a name that can be a key prefix on every storage: lower case, digits, `.`, `_`, `-`. */
export function isInstanceName(name: string): boolean {
  return INSTANCE.test(name);
}

/** The id of a snapshot taken at `createdAt` (ISO 8601, whole seconds) whose sealed bytes have this digest. */
export function snapshotId(createdAt: string, digest: string): SnapshotId {
  return `${createdAt.replace(/[-:]/g, '').replace(/\.\d+/, '')}-${digest.slice(0, 16)}` as SnapshotId;
}

/** @param base `digest16` of the full snapshot that a differential one goes with; null for a full one. */
export function snapshotKey(instance: string, id: SnapshotId, base: string | null = null): string {
  return `${instance}/${id}.${base === null ? 'full' : `diff-${base}`}.tar.zst.age`;
}

/** The snapshot that a key names, or null if the key is not one of ours. */
export function parseKey(key: string, bytes: number): StoredSnapshot | null {
  const match = KEY.exec(key);
  if (match === null) return null;
  const [, instance = '', id = '', year, month, day, hour, minute, second, digest16 = '', base = null] = match;
  const createdAt = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  if (!isInstanceName(instance) || Number.isNaN(Date.parse(createdAt))) return null;
  const kind = base === null ? 'full' : 'differential';
  return { id: id as SnapshotId, key, kind, base, instance, createdAt, digest16, bytes };
}

/**
 * The snapshot that `latest`, a full id or an unambiguous prefix of one names, among `snapshots`.
 *
 * @throws ClawbackError `NOT_FOUND` if none or more than one fits.
 */
export function selectSnapshot<T extends StoredSnapshot>(snapshots: readonly T[], wanted: string): T {
  const matching =
    wanted === 'latest' ? newestFirst(snapshots).slice(0, 1) : snapshots.filter(({ id }) => id.startsWith(wanted));
  const [found, another] = matching;
  if (found === undefined) {
    throw new ClawbackError('NOT_FOUND', wanted === 'latest' ? 'there is no snapshot yet' : `no snapshot ${wanted}`, {
      hint: wanted === 'latest' ? 'take one with `clawback backup`' : 'see `clawback list`',
    });
  }
  if (another !== undefined) {
    throw new ClawbackError('NOT_FOUND', `${wanted} could be ${matching.map(({ id }) => id).join(' or ')}`, {
      hint: 'give more of the id',
    });
  }
  return found;
}

export function newestFirst<T extends StoredSnapshot>(snapshots: readonly T[]): T[] {
  return snapshots.toSorted((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
}
