import type { Storage } from '../../ports/storage.ts';
import type { StoredSource } from './source.ts';

/** A stored object as bytes to read from anywhere: one request of the storage for each read. */
export function storedSource(
  storage: Storage,
  object: { readonly key: string; readonly bytes: number },
  signal?: AbortSignal,
): StoredSource {
  return {
    size: object.bytes,
    copies: 1,
    leave: () => undefined,
    read: (start, end) => readRange(storage, object.key, { start, end: end ?? object.bytes }, signal),
  };
}

async function* readRange(
  storage: Storage,
  key: string,
  range: { readonly start: number; readonly end: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  yield* await storage.get(key, { range, signal });
}
