import { ClawbackError, type StorageErrorCode } from '../../src/ports/errors.ts';
import type { Storage } from '../../src/ports/storage.ts';

/** A storage that fails at every call until `isBack` is set. */
export function away(storage: Storage, code: StorageErrorCode = 'UNAVAILABLE'): Storage & { isBack: boolean } {
  const check = (): void => {
    if (!self.isBack) throw new ClawbackError(code, `${storage.location} is away`);
  };
  const self: Storage & { isBack: boolean } = {
    isBack: false,
    location: storage.location,
    async put(...call) {
      check();
      await storage.put(...call);
    },
    async get(...call) {
      check();
      return storage.get(...call);
    },
    async *list(...call) {
      check();
      yield* storage.list(...call);
    },
    async delete(...call) {
      check();
      await storage.delete(...call);
    },
    async sweep(...call) {
      check();
      return storage.sweep(...call);
    },
  };
  return self;
}
