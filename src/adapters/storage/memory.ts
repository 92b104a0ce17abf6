import { ClawbackError } from '../../ports/errors.ts';
import type { GetOptions, Storage, StoredObject, SweepOptions, TransferOptions } from '../../ports/storage.ts';

/** A storage that forgets, for tests. */
export function memoryStorage(name = 'memory://test'): Storage {
  return new MemoryStorage(name);
}

class MemoryStorage implements Storage {
  readonly location: string;
  readonly #objects = new Map<string, Blob>();

  constructor(location: string) {
    this.location = location;
  }

  async put(key: string, body: Blob, { signal }: TransferOptions = {}): Promise<void> {
    checkAborted(signal);
    if (!key.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..')) {
      throw new ClawbackError('FAILED', `not a key: ${JSON.stringify(key)}`);
    }
    const bytes = await body.bytes().catch((error: unknown) => {
      throw new ClawbackError('FAILED', `cannot read what is to be stored as ${key}`, { cause: error });
    });
    checkAborted(signal);
    if (this.#objects.has(key)) throw new ClawbackError('EXISTS', `${key} is already there`);
    this.#objects.set(key, new Blob([bytes]));
  }

  get(key: string, { range, signal }: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    return Promise.try(() => {
      checkAborted(signal);
      const body = this.#objects.get(key);
      if (body === undefined) throw new ClawbackError('NOT_FOUND', `no object ${key}`);
      return body.slice(range?.start, range?.end).stream();
    });
  }

  async *list(prefix: string, { signal }: TransferOptions = {}): AsyncGenerator<StoredObject> {
    checkAborted(signal);
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) yield await Promise.resolve({ key, size: this.#objects.get(key)?.size ?? 0 });
  }

  delete(key: string, { signal }: TransferOptions = {}): Promise<void> {
    return Promise.try(() => {
      checkAborted(signal);
      this.#objects.delete(key);
    });
  }

  sweep(_prefix: string, { signal }: SweepOptions): Promise<number> {
    return Promise.try(() => {
      checkAborted(signal);
      return 0;
    });
  }
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ClawbackError('ABORTED', 'interrupted');
}
