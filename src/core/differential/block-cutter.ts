import { hash } from 'node:crypto';
import { BLOCK_HASH_BYTES } from './tree-record.ts';

/** Cuts a content into blocks of one size while it comes by in pieces of any size. */
export class BlockCutter {
  readonly #onBlock: (bytes: Uint8Array) => void;
  /** A block whose bytes come in more than one piece. */
  readonly #gathered: Buffer;
  #filled = 0;

  /** @param onBlock told each block in order, the last of which may be shorter; the bytes are its only meanwhile. */
  constructor(blockBytes: number, onBlock: (bytes: Uint8Array) => void) {
    this.#gathered = Buffer.allocUnsafe(blockBytes);
    this.#onBlock = onBlock;
  }

  write(piece: Uint8Array): void {
    const blockBytes = this.#gathered.length;
    for (let at = 0; at < piece.length;) {
      const bytes = piece.subarray(at, at + blockBytes - this.#filled);
      at += bytes.length;
      if (bytes.length === blockBytes) {
        this.#onBlock(bytes);
        continue;
      }
      this.#gathered.set(bytes, this.#filled);
      this.#filled += bytes.length;
      if (this.#filled === blockBytes) this.end();
    }
  }

  /** The content has ended. */
  end(): void {
    if (this.#filled > 0) this.#onBlock(this.#gathered.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

/** As a string of so many characters of one byte: tens of thousands of buffers would keep the garbage collector busy. */
export function blockHash(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'binary').slice(0, BLOCK_HASH_BYTES);
}
