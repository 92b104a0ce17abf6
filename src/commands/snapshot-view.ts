import { type StoredSnapshot } from '../core/snapshot-id.ts';

/** A snapshot as every command's JSON shows it. */
export interface SnapshotView {
  readonly id: string;
  readonly key: string;
  readonly kind: 'full';
  readonly instance: string;
  readonly createdAt: string;
  /** Size of the sealed object. */
  readonly bytes: number;
}

export function viewOf({ id, key, kind, instance, createdAt, bytes }: StoredSnapshot): SnapshotView {
  return { id, key, kind, instance, createdAt, bytes };
}
