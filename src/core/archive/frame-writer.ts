import { availableParallelism } from 'node:os';
import { FRAME_TAR_BYTES } from './seek-table.ts';

/** A piece of tar that becomes one zstd frame: a view of the whole or a part of the memory of one. */
export type TarFrame = Uint8Array<SharedArrayBuffer>;

/**
 * Frames that are compressed at once: one more than there are processors, since of two that are begun together one is done first; more
 * would only take memory, and threads that others need.
 */
export const AT_ONCE = Math.min(3, availableParallelism() + 1);

/**
 * Memory of frames, which threads share and use again and again: left to the garbage collector, it is what the peak of memory
 * is made of, and handing it from thread to thread is what makes the collector run.
 */
export class FrameMemory {
  readonly #spare: SharedArrayBuffer[] = [];

  /** Room for one whole frame. */
  take(): TarFrame {
    return new Uint8Array(this.#spare.pop() ?? new SharedArrayBuffer(FRAME_TAR_BYTES));
  }

  give(frame: TarFrame): void {
    this.#spare.push(frame.buffer);
  }
}

/** Gathers bytes of tar into pieces of at most 4 MiB, each of which becomes one zstd frame. */
export class FrameWriter {
  readonly #memory: FrameMemory;
  readonly #whole: TarFrame[] = [];
  #frame: TarFrame;
  #filled = 0;
  #position = 0;

  constructor(memory = new FrameMemory()) {
    this.#memory = memory;
    this.#frame = memory.take();
  }

  /** Bytes written so far, in all frames. */
  get position(): number {
    return this.#position;
  }

  /** Bytes in the frame that is being filled. */
  get filled(): number {
    return this.#filled;
  }

  /**
   * Where in the frame goes what is written next; at least a byte, until a frame becomes whole. What has been put there need not be copied:
   * of large files that is most of what is done to get them into a tar.
   */
  room(): TarFrame {
    return this.#frame.subarray(this.#filled);
  }

  write(bytes: Uint8Array): void {
    this.#position += bytes.length;
    // The second question is the dearer one, and there are three pieces to every file.
    if (bytes.byteOffset === this.#filled && bytes.buffer === this.#frame.buffer) {
      this.#filled += bytes.length;
      if (this.#filled === FRAME_TAR_BYTES) this.cut();
      return;
    }
    let used = 0;
    while (used < bytes.length) {
      const taken = Math.min(FRAME_TAR_BYTES - this.#filled, bytes.length - used);
      this.#frame.set(taken === bytes.length ? bytes : bytes.subarray(used, used + taken), this.#filled);
      this.#filled += taken;
      used += taken;
      if (this.#filled === FRAME_TAR_BYTES) this.cut();
    }
  }

  /** The frame ends here, so that what follows can be read without what came before. */
  cut(): void {
    if (this.#filled === 0) return;
    this.#whole.push(this.#frame.subarray(0, this.#filled));
    this.#frame = this.#memory.take();
    this.#filled = 0;
  }

  /** Frames that have become whole since they were last asked for. */
  whole(): readonly TarFrame[] {
    return this.#whole.length === 0 ? NONE : this.#whole.splice(0);
  }
}

const NONE: readonly TarFrame[] = [];
