import { createHash } from 'node:crypto';
import { hasCode } from '../../ports/errors.ts';
import type { ByteRange, Storage, StoredObject } from '../../ports/storage.ts';

interface Surroundings {
  readonly now: () => number;
  readonly serverTime: () => Promise<Date | null>;
  readonly signal: AbortSignal;
}

/** A storage under trial: every object is made below one prefix, remembered, and deleted at the end whatever happened. */
export class Trial implements AsyncDisposable {
  readonly now: () => number;
  readonly serverTime: () => Promise<Date | null>;
  readonly prefix: string;
  readonly #storage: Storage;
  readonly #signal: AbortSignal;
  readonly #made = new Set<string>();

  constructor(storage: Storage, prefix: string, surroundings: Surroundings) {
    this.#storage = storage;
    this.prefix = prefix;
    this.now = surroundings.now;
    this.serverTime = surroundings.serverTime;
    this.#signal = surroundings.signal;
  }

  /** Names of the objects that may be there. */
  get made(): readonly string[] {
    return [...this.#made];
  }

  async put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    // Before it is there: whether a put that failed has left something is what is asked.
    this.#made.add(name);
    await this.#storage.put(this.prefix + name, new Blob([bytes]), { signal: this.#signal });
  }

  async get(name: string, range?: ByteRange): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of await this.#get(name, range)) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  }

  /** SHA-256 of an object, hex; keeps none of it. */
  async digest(name: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const piece of await this.#get(name, undefined)) hash.update(piece);
    return hash.digest('hex');
  }

  /** Objects whose name starts so; their keys are names again. */
  list(start: string): Promise<StoredObject[]> {
    const objects = this.#storage.list(this.prefix + start, { signal: this.#signal });
    return Array.fromAsync(objects, ({ key, size }) => ({ key: key.slice(this.prefix.length), size }));
  }

  async delete(name: string): Promise<void> {
    await this.#storage.delete(this.prefix + name, { signal: this.#signal });
    this.#made.delete(name);
  }

  /** Clears what an earlier moment's killed puts left below the prefix: nothing, since there were none. */
  sweep(): Promise<number> {
    return this.#storage.sweep(this.prefix, { before: new Date(0), signal: this.#signal });
  }

  /** Deletes what is left, also after an abort; a storage that lets nobody delete keeps it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#made) {
      try {
        await this.#storage.delete(this.prefix + name);
      } catch (error) {
        // The next one would be refused as well; or waited for as long.
        if (hasCode(error, 'DENIED') || hasCode(error, 'UNAVAILABLE')) return;
      }
    }
  }

  #get(name: string, range: ByteRange | undefined): Promise<AsyncIterable<Uint8Array>> {
    return this.#storage.get(this.prefix + name, { signal: this.#signal, range });
  }
}
