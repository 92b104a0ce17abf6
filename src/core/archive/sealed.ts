import { createHash, type Hash, randomBytes } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import { CHUNK_BYTES, ChunkLayout, NONCE_BYTES, openChunks, payloadKey, sealChunks } from './chunks.ts';
import { headerLength, type Keyring, MAX_HEADER_BYTES, openHeader, sealHeader } from './header.ts';
import { type ByteSource, collect } from './source.ts';

/** Seals a stream as one age v1 file, which stock `age -d` opens. */
export async function* seal(plain: AsyncIterable<Uint8Array>, recipients: readonly string[]): AsyncGenerator<Buffer> {
  const { bytes, fileKey } = await sealHeader(recipients);
  const nonce = randomBytes(NONCE_BYTES);
  yield Buffer.concat([bytes, nonce]);
  yield* sealChunks(plain, payloadKey(fileKey, nonce));
}

/** The plaintext of an age file, readable from anywhere; every byte that is handed out has been authenticated. */
export class OpenedSource implements ByteSource {
  readonly size: number;
  readonly #sealed: ByteSource & { readonly size: number };
  readonly #key: Buffer;
  readonly #payloadStart: number;
  readonly #layout: ChunkLayout;

  private constructor(sealed: ByteSource & { readonly size: number }, key: Buffer, payloadStart: number) {
    this.#sealed = sealed;
    this.#key = key;
    this.#payloadStart = payloadStart;
    this.#layout = new ChunkLayout(sealed.size - payloadStart);
    this.size = this.#layout.plainBytes;
  }

  /**
   * Opens the header with one of the identities. That the file is whole is known once its last byte has been read.
   *
   * @throws ClawbackError `NO_IDENTITY`, or `INTEGRITY` if this is no age file.
   */
  static async open(sealed: ByteSource & { readonly size: number }, keyring: Keyring): Promise<OpenedSource> {
    for (let wanted = 4096; ; wanted = Math.min(wanted * 8, MAX_HEADER_BYTES)) {
      const end = Math.min(wanted, sealed.size);
      const start = await collect(sealed.read(0, end), end);
      const length = headerLength(start);
      if (length !== null && length + NONCE_BYTES <= start.length) {
        const fileKey = await openHeader(start.subarray(0, length), keyring);
        const nonce = start.subarray(length, length + NONCE_BYTES);
        return new OpenedSource(sealed, payloadKey(fileKey, nonce), length + NONCE_BYTES);
      }
      if (end === sealed.size || end === MAX_HEADER_BYTES) throw new ClawbackError('INTEGRITY', 'not an age file');
    }
  }

  async *read(start: number, end: number | null): AsyncGenerator<Buffer> {
    const stop = Math.min(end ?? this.size, this.size);
    if (start >= stop) return;
    const first = this.#layout.chunkAt(start);
    const last = this.#layout.chunkAt(stop - 1) + 1;
    const range = this.#layout.sealedRange(first, last);
    const sealed = this.#sealed.read(this.#payloadStart + range.start, this.#payloadStart + range.end);
    let at = first * CHUNK_BYTES;
    for await (const chunk of openChunks(sealed, this.#key, { first, end: last, total: this.#layout.chunks })) {
      const piece = chunk.subarray(Math.max(0, start - at), Math.min(chunk.length, stop - at));
      at += chunk.length;
      if (piece.length > 0) yield piece;
    }
  }

  /** Reads everything once, and hands each sealed byte, header included, to `seen`: for the digest and for progress. */
  async *readAll(seen: (bytes: Uint8Array) => void): AsyncGenerator<Buffer> {
    const payload = skip(tap(this.#sealed.read(0, this.#sealed.size), seen), this.#payloadStart);
    const { chunks } = this.#layout;
    yield* openChunks(payload, this.#key, { first: 0, end: chunks, total: chunks });
  }
}

/** SHA-256 of a stored object, hex. */
export async function digestOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash: Hash = createHash('sha256');
  for await (const piece of stream) hash.update(piece);
  return hash.digest('hex');
}

async function* tap(stream: AsyncIterable<Uint8Array>, seen: (bytes: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    seen(piece);
    yield piece;
  }
}

async function* skip(stream: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const piece of stream) {
    const dropped = Math.min(left, piece.length);
    left -= dropped;
    if (dropped < piece.length) yield piece.subarray(dropped);
  }
}
