import { ClawbackError, type StorageErrorCode } from '../../src/ports/errors.ts';
import type { Storage } from '../../src/ports/storage.ts';

export type Operation = 'put' | 'get' | 'list' | 'delete' | 'sweep';

export interface Faults {
  /** Which calls fail, by operation and count from 1: `({ count }) => count % 3 === 1`. */
  readonly fails: (call: { readonly operation: Operation; readonly count: number }) => boolean;
  readonly code?: StorageErrorCode;
  /** The put that fails has stored its object: only the answer was lost. */
  readonly afterPut?: boolean;
}

/** A storage that fails as real ones do. */
export function faulty(storage: Storage, { fails, code = 'UNAVAILABLE', afterPut = false }: Faults): Storage {
  const counts = new Map<Operation, number>();
  const shallFail = (operation: Operation): boolean => {
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    return fails({ operation, count });
  };
  const failure = (): ClawbackError => new ClawbackError(code, 'a fault, as ordered');
  return {
    location: storage.location,
    async put(key, body, options) {
      const failing = shallFail('put');
      if (failing && !afterPut) throw failure();
      await storage.put(key, body, options);
      if (failing) throw failure();
    },
    async get(key, options) {
      if (shallFail('get')) throw failure();
      return storage.get(key, options);
    },
    async *list(prefix, options) {
      const failing = shallFail('list');
      let given = 0;
      for await (const object of storage.list(prefix, options)) {
        if (failing && given++ === 2) throw failure();
        yield object;
      }
      if (failing && given <= 2) throw failure();
    },
    async delete(key, options) {
      if (shallFail('delete')) throw failure();
      await storage.delete(key, options);
    },
    async sweep(prefix, options) {
      if (shallFail('sweep')) throw failure();
      return storage.sweep(prefix, options);
    },
  };
}
