import { History } from '../core/history.ts';
import type { Context } from './context.ts';

/** A clock that was further off than this is not followed. Milliseconds. */
const NEAR = 60_000;

/**
 * When a snapshot that is begun now was taken: ISO 8601, whole seconds. Always later than the last one of this host, since `latest` goes by
 * it: two that are taken within a second, or while the clock is set back a little, would be in no order.
 */
export async function createdAtNow(instance: string, { now, paths }: Context): Promise<string> {
  const history = new History(paths.stateDir, instance);
  // One that cannot be read costs the order of two snapshots within a second, and no backup.
  const last = await history.last('backup', ({ snapshot }) => snapshot !== undefined).catch(() => null);
  const taken = last?.snapshot === undefined ? -Infinity : Date.parse(timeIn(last.snapshot));
  const second = Math.floor(now().getTime() / 1000) * 1000;
  const isOutOfOrder = second <= taken && taken - second < NEAR;
  return `${new Date(isOutOfOrder ? taken + 1000 : second).toISOString().slice(0, 19)}Z`;
}

/** `20261122T203437Z-…` as ISO 8601. */
function timeIn(id: string): string {
  return id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z');
}
