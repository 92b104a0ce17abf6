import { ClawbackError } from '../ports/errors.ts';
import type { Retention } from './config/config.ts';
import { applyRules, type RuleClock } from './retention/rules.ts';

/** What decides whether a snapshot stays. */
export interface Candidate {
  readonly id: string;
  /** ISO 8601, UTC: the time in the snapshot id, never a file's. */
  readonly createdAt: string;
  /** First 16 hex digits of its digest. */
  readonly digest16: string;
  /** `digest16` of the full snapshot without which it cannot be restored; null for a full one. */
  readonly base: string | null;
  readonly tags: readonly string[];
}

/** What is known of the snapshots besides their keys. */
export interface Knowledge {
  /** True unless a snapshot is known to hold less than it should. */
  readonly isGood: (id: string) => boolean;
  /** True if a drill of it has passed. */
  readonly isDrilled: (id: string) => boolean;
  /** True for the `digest16` of a full one that a differential needs which is still to be delivered. */
  readonly isAwaited: (digest16: string) => boolean;
}

export interface Kept<T> {
  readonly snapshot: T;
  /** Why, in words; at least one. */
  readonly reasons: readonly string[];
}

/** Newest first, both. */
export interface Decision<T> {
  readonly keep: readonly Kept<T>[];
  readonly remove: readonly T[];
}

/**
 * Which snapshots of one instance in one destination stay and why, and which may go. The rules are those of `restic forget`;
 * on top of them nothing goes that a person could still need most: the newest `minKeep`, the newest that is good, the newest
 * that passed a drill, and every full one that a kept differential needs.
 *
 * @throws ClawbackError `CONFIG` for a policy without a rule, and for one whose rules keep none of the snapshots there are.
 */
export function retain<T extends Candidate>(
  snapshots: readonly T[],
  policy: Retention,
  { clock, knowledge }: { readonly clock: RuleClock; readonly knowledge: Knowledge },
): Decision<T> {
  const sorted = snapshots.toSorted(newestFirst);
  const reasons = new Map<string, string[]>(sorted.map(({ id }) => [id, []]));
  const keep = (snapshot: T | undefined, reason: string): void => {
    if (snapshot !== undefined) reasons.get(snapshot.id)?.push(reason);
  };

  for (const { snapshot, reason } of applyRules(sorted, policy, clock)) keep(snapshot, reason);
  if (sorted.length > 0 && sorted.every(({ id }) => reasons.get(id)?.length === 0)) throw keepsNone(sorted.length);

  const fulls = new Map(sorted.filter(({ base }) => base === null).map((full) => [full.digest16, full]));
  const isWhole = ({ base }: T): boolean => base === null || fulls.has(base);
  for (const snapshot of sorted.slice(0, policy.minKeep)) keep(snapshot, `among the newest ${policy.minKeep}`);
  keep(
    sorted.find((snapshot) => isWhole(snapshot) && knowledge.isGood(snapshot.id)),
    'newest good',
  );
  keep(
    sorted.find((snapshot) => isWhole(snapshot) && knowledge.isDrilled(snapshot.id)),
    'newest that passed a drill',
  );
  for (const full of fulls.values()) {
    if (knowledge.isAwaited(full.digest16)) keep(full, 'base of one that is still to be delivered');
  }
  for (const { id, base } of sorted) {
    if (base !== null && reasons.get(id)?.length !== 0) keep(fulls.get(base), `base of ${id}`);
  }

  const kept = sorted.map((snapshot) => ({ snapshot, reasons: reasons.get(snapshot.id) ?? [] }));
  return {
    keep: kept.filter((each) => each.reasons.length > 0),
    remove: kept.filter((each) => each.reasons.length === 0).map(({ snapshot }) => snapshot),
  };
}

/** By time, then by id, so that the order in which a storage lists them decides nothing. */
function newestFirst(a: Candidate, b: Candidate): number {
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

function keepsNone(count: number): ClawbackError {
  return new ClawbackError('CONFIG', `the retention policy keeps none of the ${count} snapshots there are`, {
    hint: 'add a rule such as last: 3 to retention; nothing was removed',
  });
}
