import { ClawbackError, hasCode } from '../../ports/errors.ts';
import type { Storage } from '../../ports/storage.ts';
import { listNumbered, type NumberedObject, putNext, readSmall } from '../numbered.ts';
import { encodeStatus, parseStatus, type StatusDocument, statusPrefix } from './document.ts';

/** A reader that has listed the newest one may still be about to read it. */
const KEPT = 3;

/** Puts a status object and removes all but the newest ones, where the storage lets us. */
export async function writeStatus(storage: Storage, document: StatusDocument, signal: AbortSignal): Promise<void> {
  const prefix = statusPrefix(document.instance);
  const before = await putNext(storage, { prefix, text: encodeStatus(document) }, { signal });
  await removeOldest(storage, before.slice(0, 1 - KEPT), signal);
}

/**
 * The newest status object of an instance; null if there is none.
 *
 * @throws ClawbackError `INTEGRITY` if it is not what a backup writes; whatever the storage rejects with.
 */
export async function readStatus(
  storage: Storage,
  instance: string,
  signal: AbortSignal,
): Promise<StatusDocument | null> {
  for (;;) {
    const newest = (await listNumbered(storage, statusPrefix(instance), { signal })).at(-1);
    if (newest === undefined) return null;
    try {
      return parseStatus(await readSmall(storage, newest.key, { signal }), instance);
    } catch (error) {
      // Removed between the two calls, so there is a newer one.
      if (!hasCode(error, 'NOT_FOUND')) throw error;
    }
  }
}

/** A storage that refuses it keeps them all; the next one is asked no more than once. */
async function removeOldest(storage: Storage, objects: readonly NumberedObject[], signal: AbortSignal): Promise<void> {
  for (const { key } of objects) {
    try {
      await storage.delete(key, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ClawbackError) return;
      throw error;
    }
  }
}
