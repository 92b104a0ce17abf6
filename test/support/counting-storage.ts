import type { Storage } from '../../src/ports/storage.ts';

export interface CountingStorage extends Storage {
  /** Bytes that were asked of it, whether or not they were read. */
  readonly asked: number;
  readonly requests: number;
}

/** Counts what readers ask of a storage. */
export function countingStorage(storage: Storage): CountingStorage {
  const sizes = new Map<string, number>();
  let asked = 0;
  let requests = 0;
  return {
    location: storage.location,
    put: (key, body, options) => storage.put(key, body, options),
    delete: (key, options) => storage.delete(key, options),
    sweep: (prefix, options) => storage.sweep(prefix, options),
    async get(key, options) {
      const { start = 0, end = sizes.get(key) ?? Infinity } = options?.range ?? {};
      asked += end - start;
      requests++;
      return storage.get(key, options);
    },
    async *list(prefix, options) {
      for await (const object of storage.list(prefix, options)) {
        sizes.set(object.key, object.size);
        yield object;
      }
    },
    get asked() {
      return asked;
    },
    get requests() {
      return requests;
    },
  };
}
