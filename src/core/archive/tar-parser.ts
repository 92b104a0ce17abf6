import { decodeUstar, notOurs, type UstarBlock } from './decode-ustar.ts';
import { parsePax, type PaxValues } from './pax.ts';
import type { TarHeader } from './tar.ts';
import { BLOCK_BYTES, paddingBytes } from './tar-block.ts';

/** A pax record longer than this is no path that a file system of ours can hold; 1 MiB. */
const MAX_PAX_BYTES = 1024 * 1024;

/** An entry of a tar, and where the content after it starts, in bytes of the tar. */
export interface TarPlace extends Pick<TarHeader, 'path' | 'type' | 'size' | 'target'> {
  readonly offset: number;
}

/** Is told what a tar holds: an entry, then its content in pieces, then the next entry. A piece must not be kept. */
export interface TarListener {
  entry(place: TarPlace): void;
  content(piece: Uint8Array): void;
}

/**
 * Reads a tar strictly, as its bytes come, and to its end: everything after the end mark must be zeros.
 *
 * @throws ClawbackError `INTEGRITY` at anything that Clawback does not write: another type (hard link, device, sparse
 *   file), a wrong checksum, a missing end.
 */
export class TarParser {
  /** Bytes of a header of which the rest is in the next piece. */
  #rest = Buffer.alloc(0);
  /** Bytes of the tar before the current piece. */
  #position: number;
  /** Bytes left of the content that is being read, and of the zeros that fill its last block. */
  #content = 0;
  #padding = 0;
  /** Size of the pax body that comes next; null if none does. */
  #pax: number | null = null;
  #extended: PaxValues | null = null;
  #hasEnded = false;

  /** @param position where in the tar the first piece begins: with a header */
  constructor(position = 0) {
    this.#position = position;
  }

  push(piece: Uint8Array, listener: TarListener): void {
    const bytes =
      this.#rest.length > 0
        ? Buffer.concat([this.#rest, piece])
        : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    let at = 0;
    for (let next = this.#take(bytes, at, listener); next > at; next = this.#take(bytes, at, listener)) at = next;
    this.#position += at;
    // The piece is not ours to keep.
    this.#rest = Buffer.from(bytes.subarray(at));
  }

  /** True where nothing of an entry is left to come, and the end neither. */
  get isBetween(): boolean {
    return !this.#hasEnded && this.#isWhole && this.#extended === null && this.#rest.length === 0;
  }

  /** To be called when there are no more bytes. */
  finish(): void {
    if (this.#hasEnded) return;
    if (this.#pax !== null || this.#extended !== null) throw notOurs('it ends within a header');
    throw notOurs(this.#isWhole ? 'it has no end mark' : 'it ends within an entry');
  }

  get #isWhole(): boolean {
    return this.#content === 0 && this.#padding === 0 && this.#pax === null;
  }

  /** Reads what comes next, as far as it is there. Returns where in `bytes` it ends; `at` if nothing can be read. */
  #take(bytes: Buffer, at: number, listener: TarListener): number {
    if (this.#hasEnded) {
      if (bytes.subarray(at).some((byte) => byte !== 0)) throw notOurs('something follows its end mark');
      return bytes.length;
    }
    const there = bytes.length - at;
    if (this.#content > 0) {
      const taken = Math.min(this.#content, there);
      this.#content -= taken;
      if (taken > 0) listener.content(bytes.subarray(at, at + taken));
      return at + taken;
    }
    if (this.#padding > 0) {
      const taken = Math.min(this.#padding, there);
      this.#padding -= taken;
      return at + taken;
    }
    if (this.#pax !== null) {
      const end = at + this.#pax;
      const next = end + paddingBytes(this.#pax);
      if (next > bytes.length) return at;
      this.#extended = parsePax(bytes.subarray(at, end));
      if (this.#extended === null) throw notOurs('its pax headers make no sense');
      this.#pax = null;
      return next;
    }
    if (there < BLOCK_BYTES) return at;
    this.#header(decodeUstar(bytes, at), this.#position + at + BLOCK_BYTES, listener);
    return at + BLOCK_BYTES;
  }

  #header(block: UstarBlock | null, offset: number, listener: TarListener): void {
    if (block === null) {
      if (this.#extended !== null) throw notOurs('its pax headers make no sense');
      this.#hasEnded = true;
      return;
    }
    const extended = this.#extended;
    const size = extended?.size ?? block.size;
    if (!Number.isSafeInteger(size) || size < 0) throw notOurs('a header has an impossible size');
    if (block.type === 'pax') {
      if (extended !== null || size > MAX_PAX_BYTES) throw notOurs('its pax headers make no sense');
      this.#pax = size;
      return;
    }
    this.#extended = null;
    const { type } = block;
    const path = withoutSlash(extended?.path ?? block.path);
    this.#content = type === 'file' ? size : 0;
    this.#padding = paddingBytes(this.#content);
    listener.entry({
      ...{ path, type, size: this.#content, offset },
      ...(type === 'symlink' ? { target: extended?.linkpath ?? block.target } : {}),
    });
  }
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
