/**
 * Where snapshots live. A storage carries keys and bytes and knows nothing of snapshots, retention or encryption.
 *
 * The contract, which `test/conformance/storage-contract.ts` proves for every adapter on a real server:
 *
 * 1. A key is one or more segments of `[A-Za-z0-9._-]` joined by `/`; no segment is `.` or `..`.
 * 2. `put` is atomic: no reader ever sees part of an object, and a rejected put leaves nothing that `list` shows.
 * 3. `put` never overwrites: an existing key rejects with `EXISTS` and keeps its bytes.
 * 4. `get` of a missing key rejects with `NOT_FOUND`. A range is half open, `start` inclusive and `end` exclusive, and is cut
 *    at the object's end; an object shorter than it was when listed is an error, never a short read that looks like success.
 *    A piece holds its bytes only until the next is asked for.
 * 5. `list` gives every object whose key starts with the prefix, in ascending order of the key's bytes, past any page
 *    limit of the service.
 * 6. `delete` resolves when the object is gone, also when it already was.
 * 7. What `put` has resolved is seen by the next `get` and `list`.
 * 8. Every rejection is a ClawbackError with a storage code. `UNAVAILABLE` means try again; all others mean do not.
 * 9. An aborted signal rejects with `ABORTED` and leaves what rule 2 says.
 * 10. `sweep` clears what failed or killed puts have left below the prefix, if they began before `before` by the clock of the
 *    storage, and resolves to how many it cleared. It never touches what `list` shows. A service that drops such things by
 *    itself, and lets nobody else do it, has none: 0. A prefix that ends within a name clears what it surely covers.
 */
export interface Storage {
  /** The URL that names this storage, without credentials: for messages and reports. */
  readonly location: string;
  put(key: string, body: Body, options?: TransferOptions): Promise<void>;
  get(key: string, options?: GetOptions): Promise<AsyncIterable<Uint8Array>>;
  list(prefix: string, options?: TransferOptions): AsyncIterable<StoredObject>;
  delete(key: string, options?: TransferOptions): Promise<void>;
  sweep(prefix: string, options: SweepOptions): Promise<number>;
}

/** The bytes of an object. */
export interface Body extends Blob {
  /**
   * Absolute path of a file that holds just these bytes, synced, and that nobody will write to: a storage on the same file system
   * may give it another name instead of copying it.
   */
  readonly file?: string;
}

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions extends TransferOptions {
  /** Bytes `start` to `end`, exclusive. */
  readonly range?: ByteRange | undefined;
}

export interface SweepOptions extends TransferOptions {
  /** A put that began later may still be at work: leave it a day. */
  readonly before: Date;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredObject {
  readonly key: string;
  /** Size in bytes. */
  readonly size: number;
}

/** How far the put of an object is. */
export interface Sent {
  readonly key: string;
  /** Since it was last told. */
  readonly bytes: number;
  /** Size of the object. */
  readonly total: number;
}
