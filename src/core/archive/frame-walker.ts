import { ClawbackError } from '../../ports/errors.ts';

const SKIPPABLE_MASK = 0xfffffff0;
const SKIPPABLE_BASE = 0x184d2a50;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** The four bytes that every zstd frame begins with. */
export const FRAME_MAGIC_BYTES = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** How far the current piece goes on as it began. */
export interface Step {
  /** `magic`: bytes of a magic number, after which it is known whether a `frame` or a `skippable` frame follows. */
  readonly kind: 'magic' | 'frame' | 'skippable';
  /** Bytes of the piece; at least 1. */
  readonly length: number;
  /** True if the frame's last byte is among them. */
  readonly ends: boolean;
}

/**
 * Finds where zstd frames end, without decompressing: a frame's header says how long the header is, and each block's three
 * bytes how long the block is (RFC 8878, sections 3.1.1 and 3.1.2).
 */
export class FrameWalker {
  /** Bytes of the part being collected: a magic number, a frame header, a block header. */
  readonly #part = Buffer.alloc(18);
  #filled = 0;
  #wanted = 4;
  #state: 'magic' | 'descriptor' | 'header' | 'block' | 'content' | 'checksum' | 'skip-size' | 'skip' = 'magic';
  /** Bytes left of a block's content or a skippable frame's. */
  #left = 0;
  #lastBlock = false;
  #checksum = false;
  #skippable = false;

  get atFrameStart(): boolean {
    return this.#state === 'magic' && this.#filled === 0;
  }

  /** True between the magic number and the last byte of a frame that has content. */
  get inFrame(): boolean {
    return this.#state !== 'magic' && !this.#skippable;
  }

  /**
   * Takes bytes of a non-empty piece, to the end of the magic number, of the frame or of the piece.
   *
   * @throws ClawbackError `INTEGRITY` if they are no zstd.
   */
  take(piece: Uint8Array): Step {
    if (this.#state === 'magic') {
      const length = this.#collect(piece, 0);
      if (this.#filled === this.#wanted) this.#afterPart();
      return { kind: 'magic', length, ends: false };
    }
    const kind = this.#skippable ? 'skippable' : 'frame';
    let length = 0;
    while (length < piece.length) {
      let ends: boolean;
      if (this.#state === 'content' || this.#state === 'skip' || this.#state === 'checksum') {
        const taken = Math.min(this.#left, piece.length - length);
        this.#left -= taken;
        length += taken;
        ends = this.#left === 0 && this.#afterContent();
      } else {
        length += this.#collect(piece, length);
        ends = this.#filled === this.#wanted && this.#afterPart();
      }
      if (ends) return { kind, length, ends };
    }
    return { kind, length, ends: false };
  }

  /** Adds bytes of the piece to the part that is being collected; returns how many. */
  #collect(piece: Uint8Array, from: number): number {
    const taken = Math.min(this.#wanted - this.#filled, piece.length - from);
    this.#part.set(piece.subarray(from, from + taken), this.#filled);
    this.#filled += taken;
    return taken;
  }

  /** Moves on after a collected part; true if the frame ends with it. */
  #afterPart(): boolean {
    this.#filled = 0;
    switch (this.#state) {
      case 'magic': {
        const magic = this.#part.readUInt32LE(0);
        this.#skippable = (magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_BASE;
        if (!this.#skippable && magic !== FRAME_MAGIC_BYTES.readUInt32LE(0))
          throw new ClawbackError('INTEGRITY', 'not a zstd frame');
        return this.#expect(this.#skippable ? 'skip-size' : 'descriptor', this.#skippable ? 4 : 1);
      }
      case 'descriptor': {
        const descriptor = this.#part.readUInt8(0);
        const singleSegment = (descriptor & 0x20) !== 0;
        const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
        const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
        this.#checksum = (descriptor & 4) !== 0;
        const header = (singleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
        return header === 0 ? this.#expect('block', 3) : this.#expect('header', header);
      }
      case 'header':
        return this.#expect('block', 3);
      case 'block': {
        const block = this.#part.readUIntLE(0, 3);
        const type = (block >> 1) & 3;
        if (type === RESERVED_BLOCK) throw new ClawbackError('INTEGRITY', 'not a zstd block');
        this.#lastBlock = (block & 1) === 1;
        this.#left = type === RLE_BLOCK ? 1 : block >> 3;
        this.#state = 'content';
        return this.#left === 0 && this.#afterContent();
      }
      case 'skip-size':
        this.#left = this.#part.readUInt32LE(0);
        this.#state = 'skip';
        return this.#left === 0 && this.#afterContent();
      default:
        throw new Error(`no part is collected in state ${this.#state}`);
    }
  }

  /** Moves on after a block's or skippable frame's content, or a checksum; true if the frame ends with it. */
  #afterContent(): boolean {
    if (this.#state === 'content' && !this.#lastBlock) return this.#expect('block', 3);
    if (this.#state === 'content' && this.#checksum) {
      this.#state = 'checksum';
      this.#left = 4;
      return false;
    }
    this.#expect('magic', 4);
    return true;
  }

  #expect(state: 'magic' | 'descriptor' | 'header' | 'block' | 'skip-size', bytes: number): false {
    this.#state = state;
    this.#wanted = bytes;
    this.#filled = 0;
    return false;
  }
}
