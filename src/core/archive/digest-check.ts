import { createHash } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';

/** Hashes the sealed bytes of a snapshot as they are read, and says whether they are those that its key names. */
export class DigestCheck {
  readonly #hash = createHash('sha256');

  update(sealed: Uint8Array): void {
    this.#hash.update(sealed);
  }

  /**
   * @param digest16 first 16 hex digits of the digest, from the key
   * @throws ClawbackError `INTEGRITY`
   */
  finish(digest16: string): void {
    const sha256 = this.#hash.digest('hex');
    if (sha256.startsWith(digest16)) return;
    throw new ClawbackError(
      'INTEGRITY',
      `the stored bytes are not those that the key names: expected ${digest16}…, found ${sha256}`,
      { hint: 'the object was renamed or replaced; use another copy' },
    );
  }
}
