import type { StoredSnapshot } from '../core/snapshot-id.ts';

/** A snapshot as every command's JSON shows it. */
export interface SnapshotView {
  readonly id: string;
  readonly key: string;
  readonly kind: StoredSnapshot['kind'];
  /** Of a differential one: the first 16 hex digits of the digest of the full one that it goes with. */
  readonly base?: string;
  readonly instance: string;
  readonly createdAt: string;
  /** Size of the sealed object. */
  readonly bytes: number;
}

export function viewOf({ id, key, kind, base, instance, createdAt, bytes }: StoredSnapshot): SnapshotView {
  return { id, key, kind, ...(base === null ? {} : { base }), instance, createdAt, bytes };
}
