import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';

/**
 * age's payload: plaintext in chunks of 64 KiB, each sealed with ChaCha20-Poly1305 under a nonce that holds the chunk's
 * number and whether it is the last one (https://c2sp.org/age, "Payload"). Native crypto, because the library's own
 * stream is several times slower; `bench/` compares the two and a test compares the bytes.
 */
export const CHUNK_BYTES = 64 * 1024;
export const TAG_BYTES = 16;
export const NONCE_BYTES = 16;
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

/**
 * The key of one file's payload. `nonce` is the 16 bytes that follow the header. An object of Node's: given bytes, Node makes and drops
 * an error for every cipher (24.21), which was two fifths of the time that a chunk takes.
 */
export function payloadKey(fileKey: Buffer, nonce: Buffer): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32)));
}

/** Seals a stream; yields each chunk's ciphertext and then its tag. An empty stream becomes one empty chunk. */
export async function* sealChunks(plain: AsyncIterable<Uint8Array>, key: KeyObject): AsyncGenerator<Buffer> {
  const pending = Buffer.alloc(CHUNK_BYTES);
  let filled = 0;
  let index = 0;
  for await (const piece of plain) {
    let used = 0;
    // A full chunk waits for the byte after it: only then is it known not to be the last one.
    while (filled + piece.length - used > CHUNK_BYTES) {
      let chunk = piece.subarray(used, used + CHUNK_BYTES - filled);
      used += chunk.length;
      if (filled > 0) {
        pending.set(chunk, filled);
        chunk = pending;
        filled = 0;
      }
      yield* sealChunk(chunk, key, nonceOf(index++, { last: false }));
    }
    pending.set(piece.subarray(used), filled);
    filled += piece.length - used;
  }
  yield* sealChunk(pending.subarray(0, filled), key, nonceOf(index, { last: true }));
}

/** Where chunks lie in a payload of a known size; sizes and offsets are in bytes. */
export class ChunkLayout {
  readonly chunks: number;
  readonly plainBytes: number;
  readonly #payloadBytes: number;

  /** @throws ClawbackError `INTEGRITY` if no payload has this size. */
  constructor(payloadBytes: number) {
    const chunks = Math.max(1, Math.ceil(payloadBytes / SEALED_CHUNK_BYTES));
    const plainBytes = payloadBytes - chunks * TAG_BYTES;
    if (plainBytes < 0 || (chunks > 1 && plainBytes === (chunks - 1) * CHUNK_BYTES)) throw truncated();
    this.chunks = chunks;
    this.plainBytes = plainBytes;
    this.#payloadBytes = payloadBytes;
  }

  /** The chunk that holds a plaintext offset. */
  chunkAt(plainOffset: number): number {
    return Math.floor(plainOffset / CHUNK_BYTES);
  }

  /** Sealed bytes of the chunks `first` to `end`, exclusive. */
  sealedRange(first: number, end: number): { start: number; end: number } {
    return { start: first * SEALED_CHUNK_BYTES, end: Math.min(end * SEALED_CHUNK_BYTES, this.#payloadBytes) };
  }
}

export interface ChunkRun {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  /** In the whole payload. */
  readonly total: number;
  /** Told each chunk as it is stored, once it has been found to be what was sealed. */
  readonly onOpened?: (sealed: Uint8Array) => void;
  /** The sealed bytes of a chunk from another copy, or null if there is none; asked until one opens. */
  readonly another: (index: number, reason: Error) => Promise<Buffer | null>;
}

/**
 * Opens sealed chunks `first` and following. `sealed` must begin where chunk `first` does and end where a chunk ends.
 *
 * @throws ClawbackError `INTEGRITY` at the first chunk that is in no copy what was sealed, or if the last one is missing.
 */
export async function* openChunks(
  sealed: AsyncIterable<Uint8Array>,
  key: KeyObject,
  run: ChunkRun,
): AsyncGenerator<Buffer> {
  const pending = Buffer.alloc(SEALED_CHUNK_BYTES);
  let filled = 0;
  let index = run.first;
  const open = async (bytes: Buffer): Promise<Buffer> => {
    const nonce = nonceOf(index, { last: index === run.total - 1 });
    for (let copy: Buffer | null = bytes; ;) {
      try {
        const plain = openChunk(copy, key, nonce);
        run.onOpened?.(copy);
        return plain;
      } catch (error) {
        copy = await run.another(index, error as Error);
        if (copy === null) throw error;
      }
    }
  };
  for await (const piece of sealed) {
    let used = 0;
    while (used < piece.length) {
      const taken = Math.min(SEALED_CHUNK_BYTES - filled, piece.length - used);
      let chunk = Buffer.from(piece.buffer, piece.byteOffset + used, taken);
      used += taken;
      // One that lies in one piece is opened where it is.
      if (taken < SEALED_CHUNK_BYTES) {
        pending.set(chunk, filled);
        filled += taken;
        if (filled < SEALED_CHUNK_BYTES) continue;
        chunk = pending;
      }
      yield await open(chunk);
      index++;
      filled = 0;
    }
  }
  if (filled > 0) {
    yield await open(pending.subarray(0, filled));
    index++;
  }
  if (index !== run.end) throw truncated();
}

/** 11 bytes of big-endian chunk number, one byte that is 1 on the last chunk. */
function nonceOf(index: number, { last }: { last: boolean }): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

function* sealChunk(plain: Uint8Array, key: KeyObject, nonce: Buffer): Generator<Buffer> {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG_BYTES });
  yield cipher.update(plain);
  // A stream cipher has nothing left to give.
  cipher.final();
  yield cipher.getAuthTag();
}

function openChunk(sealed: Buffer, key: KeyObject, nonce: Buffer): Buffer {
  if (sealed.length < TAG_BYTES) throw truncated();
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch (error) {
    throw new ClawbackError('INTEGRITY', 'the snapshot was altered or truncated: a chunk does not authenticate', {
      cause: error,
    });
  }
  return plain;
}

function truncated(): ClawbackError {
  return new ClawbackError('INTEGRITY', 'the snapshot is truncated');
}
