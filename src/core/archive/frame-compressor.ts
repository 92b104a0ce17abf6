import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';

/**
 * Output is gathered in pieces of this size. With small ones compression waits for this thread to hand out the next, again and
 * again: 16 KiB, the default, costs a third of the time.
 */
const OUTPUT_BYTES = 1024 * 1024;

/** zstd's own default: beyond it a snapshot shrinks by a few per cent for twice the time. */
const LEVEL = 3;

/** Makes one zstd frame after the other, each independent, with the working memory of one. */
export class FrameCompressor implements Disposable {
  readonly #zstd: ZstdCompress;
  #frame: Buffer[] = [];

  constructor() {
    this.#zstd = createZstdCompress({
      chunkSize: OUTPUT_BYTES,
      params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
    });
    this.#zstd.on('data', (piece: Buffer) => this.#frame.push(piece));
  }

  /** The pieces of one whole frame. Must not be called again before it has resolved. */
  async compress(content: Uint8Array): Promise<Buffer[]> {
    const { promise: flushed, resolve, reject } = Promise.withResolvers<undefined>();
    this.#zstd.once('error', reject);
    this.#zstd.write(content);
    this.#zstd.flush(constants.ZSTD_e_end, () => {
      resolve(undefined);
    });
    await flushed;
    this.#zstd.off('error', reject);
    const frame = this.#frame;
    this.#frame = [];
    return frame;
  }

  [Symbol.dispose](): void {
    this.#zstd.destroy();
  }
}
