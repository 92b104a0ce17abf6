import { createHash, hash } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';

/** What a content must be, and of which path. */
export interface Expected {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** Hashes a content as it comes, and says at its end whether it is the one that was captured. */
export class ContentCheck {
  readonly #expected: Expected;
  readonly #hash = createHash('sha256');
  #size = 0;

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  update(piece: Uint8Array): void {
    this.#hash.update(piece);
    this.#size += piece.length;
  }

  /** @throws ClawbackError `INTEGRITY` */
  finish(): void {
    compareContent(this.#expected, { size: this.#size, sha256: this.#hash.digest('hex') });
  }
}

/**
 * The same for a content that is there as a whole: of a small one, that takes half the time.
 *
 * @throws ClawbackError `INTEGRITY`
 */
export function checkContent(content: Uint8Array, expected: Expected): void {
  compareContent(expected, { size: content.length, sha256: hash('sha256', content) });
}

/** Passes a content through and fails at its end unless it has the size and hash that the manifest says. */
export async function* checked(content: AsyncIterable<Uint8Array>, expected: Expected): AsyncGenerator<Uint8Array> {
  const check = new ContentCheck(expected);
  for await (const piece of content) {
    check.update(piece);
    yield piece;
  }
  check.finish();
}

/** @throws ClawbackError `INTEGRITY` if a content is not the one that was captured. */
export function compareContent({ path, size, sha256 }: Expected, found: Omit<Expected, 'path'>): void {
  if (found.size === size && found.sha256 === sha256) return;
  throw new ClawbackError(
    'INTEGRITY',
    `${path} is not what was captured: expected ${size} bytes ${sha256}, found ${found.size} bytes ${found.sha256}`,
  );
}
