import { createHash, type Hash, type KeyObject, randomBytes } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import {
  CHUNK_BYTES,
  ChunkLayout,
  type ChunkRun,
  NONCE_BYTES,
  openChunks,
  payloadKey,
  sealChunks,
  TAG_BYTES,
} from './chunks.ts';
import { headerLength, type Keyring, MAX_HEADER_BYTES, openHeader, sealHeader } from './header.ts';
import { type ByteSource, collect, type StoredSource } from './source.ts';

/** Seals a stream as one age v1 file, which stock `age -d` opens. */
export async function* seal(plain: AsyncIterable<Uint8Array>, recipients: readonly string[]): AsyncGenerator<Buffer> {
  const pieces = plain[Symbol.asyncIterator]();
  // The first takes its time, and so does the header.
  const first = pieces.next();
  first.catch(() => undefined);
  try {
    const { bytes, fileKey } = await sealHeader(recipients);
    const nonce = randomBytes(NONCE_BYTES);
    yield Buffer.concat([bytes, nonce]);
    yield* sealChunks(following(first, pieces), payloadKey(fileKey, nonce));
  } finally {
    // Not waited for: one that is being asked ends when it has answered.
    pieces.return?.(undefined).catch(() => undefined);
  }
}

async function* following<T>(first: Promise<IteratorResult<T>>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  for (let next = await first; next.done !== true; next = await rest.next()) yield next.value;
}

/** The plaintext of an age file, readable from anywhere; every byte that is handed out has been authenticated. */
export class OpenedSource implements ByteSource {
  readonly size: number;
  readonly #sealed: StoredSource;
  readonly #key: KeyObject;
  /** The header and the nonce, as they are stored. */
  readonly #head: Buffer;
  readonly #layout: ChunkLayout;

  private constructor(sealed: StoredSource, key: KeyObject, head: Buffer) {
    this.#sealed = sealed;
    this.#key = key;
    this.#head = head;
    this.#layout = new ChunkLayout(sealed.size - head.length);
    this.size = this.#layout.plainBytes;
  }

  /**
   * Opens the header with one of the identities. That the file is whole is known once its last byte has been read.
   *
   * @throws ClawbackError `NO_IDENTITY`, or `INTEGRITY` if this is no age file.
   */
  static async open(sealed: StoredSource, keyring: Keyring): Promise<OpenedSource> {
    for (let wanted = 4096; ; wanted = Math.min(wanted * 8, MAX_HEADER_BYTES)) {
      const end = Math.min(wanted, sealed.size);
      const start = await collect(sealed.read(0, end), end);
      const length = headerLength(start);
      if (length !== null && length + NONCE_BYTES <= start.length) {
        const fileKey = await openHeader(start.subarray(0, length), keyring);
        const nonce = start.subarray(length, length + NONCE_BYTES);
        return new OpenedSource(sealed, payloadKey(fileKey, nonce), start.subarray(0, length + NONCE_BYTES));
      }
      if (end === sealed.size || end === MAX_HEADER_BYTES) throw new ClawbackError('INTEGRITY', 'not an age file');
    }
  }

  async *read(start: number, end: number | null): AsyncGenerator<Buffer> {
    const stop = Math.min(end ?? this.size, this.size);
    if (start >= stop) return;
    const first = this.#layout.chunkAt(start);
    const last = this.#layout.chunkAt(stop - 1) + 1;
    const { chunks: total } = this.#layout;
    let at = first * CHUNK_BYTES;
    for await (const chunk of this.#open({ first, end: last, total })) {
      const piece = chunk.subarray(Math.max(0, start - at), Math.min(chunk.length, stop - at));
      at += chunk.length;
      if (piece.length > 0) yield piece;
    }
  }

  /** Reads everything once, and hands each sealed byte, header included, to `seen`: for the digest and for progress. */
  async *readAll(seen: (bytes: Uint8Array) => void): AsyncGenerator<Buffer> {
    const { chunks } = this.#layout;
    seen(this.#head);
    yield* this.#open({ first: 0, end: chunks, total: chunks, onOpened: seen });
  }

  #open(run: Omit<ChunkRun, 'another'>): AsyncGenerator<Buffer> {
    /** Copies that each chunk was found damaged in. */
    const bad = new Map<number, number>();
    let hasLeft = false;
    const another: ChunkRun['another'] = async (index, reason) => {
      // What was read before a copy was left may still be of that one; then the current one has not been asked for the chunk yet.
      const copies = bad.get(index) ?? (hasLeft ? 0 : 1);
      bad.set(index, copies + 1);
      if (copies === this.#sealed.copies) return null;
      if (copies > 0) {
        this.#sealed.leave(reason);
        hasLeft = true;
      }
      return collect(this.#sealedChunks(index, index + 1), CHUNK_BYTES + TAG_BYTES);
    };
    return openChunks(this.#sealedChunks(run.first, run.end), this.#key, { ...run, another });
  }

  #sealedChunks(first: number, end: number): AsyncIterable<Uint8Array> {
    const range = this.#layout.sealedRange(first, end);
    return this.#sealed.read(this.#head.length + range.start, this.#head.length + range.end);
  }
}

/** SHA-256 of a stored object, hex. */
export async function digestOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash: Hash = createHash('sha256');
  for await (const piece of stream) hash.update(piece);
  return hash.digest('hex');
}
