/** Reads a stream by exact lengths. */
export class Cursor implements AsyncDisposable {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  #position = 0;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#pieces = stream[Symbol.asyncIterator]();
  }

  /** Bytes consumed so far. */
  get position(): number {
    return this.#position;
  }

  /** The next `length` bytes, or null if the stream ends before. */
  async take(length: number): Promise<Buffer | null> {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    for await (const piece of this.stream(length)) {
      bytes.set(piece, filled);
      filled += piece.length;
    }
    return filled === length ? bytes : null;
  }

  /** The next `length` bytes as they come; fewer if the stream ends before. */
  async *stream(length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    while (left > 0 && (await this.#fill())) {
      const piece = this.#rest.subarray(0, left);
      this.#advance(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Passes over bytes up to a position; false if the stream ends before. */
  async skipTo(position: number): Promise<boolean> {
    while (this.#position < position) {
      if (!(await this.#fill())) return false;
      this.#advance(Math.min(this.#rest.length, position - this.#position));
    }
    return true;
  }

  /** Everything that is left. */
  async *rest(): AsyncGenerator<Uint8Array> {
    while (await this.#fill()) {
      const piece = this.#rest;
      this.#advance(piece.length);
      yield piece;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pieces.return?.();
  }

  #advance(bytes: number): void {
    this.#rest = this.#rest.subarray(bytes);
    this.#position += bytes;
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }
}
