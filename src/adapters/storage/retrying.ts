import { setTimeout as sleep } from 'node:timers/promises';
import { ClawbackError, hasCode } from '../../ports/errors.ts';
import type { Storage } from '../../ports/storage.ts';

export interface Patience {
  /** How often an operation is tried again. */
  readonly retries: number;
  /** Milliseconds; the wait before the first retry is at most this, and doubles from then on up to `longest`. */
  readonly first: number;
  readonly longest: number;
  /** From 0 to 1; the share of the longest wait that is waited. */
  readonly random: () => number;
}

const USUAL: Patience = { retries: 5, first: 500, longest: 30_000, random: Math.random };

/** For what answers at once: a directory that is not mounted now will hardly be in a minute, and somebody waits to be told. */
export const BRIEF: Patience = { ...USUAL, retries: 2, first: 200 };

/**
 * Tries again what is `UNAVAILABLE`, after waits of random length (full jitter), so that many hosts that met the same outage
 * do not come back together. All other failures pass at once: they will not heal.
 *
 * A put whose answer was lost may have stored its object all the same. The retry then meets `EXISTS`, which is success only
 * if what is there is the body.
 */
export function retrying(storage: Storage, patience: Patience = USUAL): Storage {
  return {
    location: storage.location,

    async put(key, body, options = {}) {
      let isSecond = false;
      await again(patience, options.signal, async () => {
        try {
          await storage.put(key, body, options);
        } catch (error) {
          if (isSecond && hasCode(error, 'EXISTS')) {
            if (await holds(storage, { key, body, signal: options.signal })) return;
          }
          isSecond = true;
          throw error;
        }
      });
    },

    get: (key, options = {}) => again(patience, options.signal, () => storage.get(key, options)),

    async *list(prefix, options = {}) {
      // A page that failed cannot be asked for alone: keys come in order, so that what was given already is passed over.
      let last = '';
      for (let failures = 0; ;) {
        try {
          for await (const object of storage.list(prefix, options)) {
            if (object.key <= last) continue;
            last = object.key;
            failures = 0;
            yield object;
          }
          return;
        } catch (error) {
          await orGiveUp(error, failures++, { patience, signal: options.signal });
        }
      }
    },

    delete: (key, options = {}) => again(patience, options.signal, () => storage.delete(key, options)),

    sweep: (prefix, options) => again(patience, options.signal, () => storage.sweep(prefix, options)),
  };
}

async function again<T>(patience: Patience, signal: AbortSignal | undefined, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      await orGiveUp(error, failures, { patience, signal });
    }
  }
}

/** Waits before the next attempt, or throws the error on. */
async function orGiveUp(
  error: unknown,
  failures: number,
  { patience, signal }: { readonly patience: Patience; readonly signal: AbortSignal | undefined },
): Promise<void> {
  if (!hasCode(error, 'UNAVAILABLE') || failures >= patience.retries) throw error;
  const longest = Math.min(patience.longest, patience.first * 2 ** failures);
  const wait = Math.max(error.retryAfter ?? 0, longest * patience.random());
  try {
    await sleep(wait, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    throw new ClawbackError('ABORTED', 'interrupted', { cause });
  }
}

/** Whether an object is this body: by its bytes, or by its size alone where the credentials may not read. */
async function holds(
  storage: Storage,
  { key, body, signal }: { readonly key: string; readonly body: Blob; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
  for await (const object of storage.list(key, { signal })) {
    if (object.key !== key) continue;
    if (object.size !== body.size) return false;
    try {
      return (await digestOf(await storage.get(key, { signal }))) === (await digestOf(body.stream()));
    } catch (error) {
      if (hasCode(error, 'DENIED')) return true;
      throw error;
    }
  }
  return false;
}

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  // Hardly ever needed, and a twentieth of the start of a command that stores nothing.
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}
