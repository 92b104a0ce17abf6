import { createCipheriv, createHash } from 'node:crypto';

/**
 * Endless bytes that are the same in every run and on every machine: text of a made-up language, of which zstd makes a third as
 * of real prose, and noise that does not compress, as photographs and films do not.
 */
export class Source {
  readonly #noise: (bytes: number) => Buffer;
  readonly #words: readonly Buffer[];
  #state: number;

  constructor(seed: string) {
    const key = createHash('sha256').update(seed).digest();
    const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
    this.#noise = (bytes) => cipher.update(Buffer.alloc(bytes));
    this.#state = key.readUInt32LE(0);
    this.#words = Array.from({ length: 4000 }, () =>
      Buffer.from(
        this.#noise(2 + this.below(4))
          .toString('base64url')
          .toLowerCase(),
      ),
    );
  }

  /** Bytes that do not compress. */
  noise(bytes: number): Buffer {
    return this.#noise(bytes);
  }

  /** A whole number from 0 up to, but not including, the limit (mulberry32). */
  below(limit: number): number {
    return Math.floor(this.#fraction() * limit);
  }

  /** Words and line ends, common words more often; ASCII that JSON need not escape but for the line ends. */
  prose(bytes: number): Buffer {
    const text = Buffer.allocUnsafe(bytes);
    let at = 0;
    while (at < bytes) {
      const word = this.#words[Math.floor(this.#fraction() ** 3 * this.#words.length)] ?? Buffer.from('a');
      at += word.copy(text, at);
      if (at < bytes) text[at++] = this.below(16) === 0 ? 0x0a : 0x20;
    }
    return text;
  }

  uuid(): string {
    const hex = this.noise(16).toString('hex');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  /** One event of a transcript as OpenClaw writes it, with this much text. */
  event(bytes: number): string {
    const content = [{ type: 'text', text: this.prose(bytes).toString('latin1') }];
    const id = this.noise(12).toString('hex');
    return JSON.stringify({ type: 'message', id, message: { role: 'assistant', content } });
  }

  #fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
