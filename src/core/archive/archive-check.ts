import { ClawbackError } from '../../ports/errors.ts';
import type { Expected } from './content-check.ts';
import { type Attachment, type Entry, FILES_PATH, MANIFEST_PATH, PAYLOAD, SIGNATURE_PATH } from './manifest.ts';
import type { TarPlace } from './tar-parser.ts';

/** What a tar entry turned out to be. */
export interface Recognised {
  /** The captured entry; null for one of Clawback's own. */
  readonly entry: Entry | null;
  /** What its content must be; null if it has none, or if nothing but the signature can say. */
  readonly content: Expected | null;
}

/**
 * Compares the entries of a tar with the signed list: none missing, added, repeated, or changed in type, size, place or target.
 */
export class ArchiveCheck {
  readonly #expected: Map<string, Entry>;
  readonly #own: Map<string, Attachment>;
  readonly #unhashed = new Set([FILES_PATH, MANIFEST_PATH, SIGNATURE_PATH]);

  constructor(entries: readonly Entry[], attachments: readonly Attachment[]) {
    this.#expected = new Map(entries.map((entry) => [PAYLOAD + entry.path, entry]));
    this.#own = new Map(attachments.map((attachment) => [attachment.path, attachment]));
  }

  /** @throws ClawbackError `INTEGRITY` if the list has nothing like it. */
  recognise(found: TarPlace): Recognised {
    const entry = this.#expected.get(found.path);
    if (entry !== undefined) {
      this.#expected.delete(found.path);
      if (!isSame(found, entry)) {
        throw new ClawbackError(
          'INTEGRITY',
          `${JSON.stringify(entry.path)} is not in the archive what the manifest says`,
        );
      }
      return { entry, content: entry.type === 'file' ? entry : null };
    }
    const attachment = this.#own.get(found.path);
    if (attachment !== undefined) {
      this.#own.delete(found.path);
      return { entry: null, content: attachment };
    }
    if (this.#unhashed.delete(found.path)) return { entry: null, content: null };
    throw new ClawbackError(
      'INTEGRITY',
      `the archive holds ${JSON.stringify(found.path)}, which its manifest does not list`,
    );
  }

  /** To be called at the end of the tar. @throws ClawbackError `INTEGRITY` if something listed was not there. */
  finish(): void {
    const [missing] = [...this.#expected.keys(), ...this.#own.keys()];
    if (missing !== undefined) throw new ClawbackError('INTEGRITY', `the archive lacks ${JSON.stringify(missing)}`);
  }
}

function isSame(found: TarPlace, entry: Entry): boolean {
  return (
    found.type === entry.type &&
    (entry.type !== 'file' || (found.size === entry.size && 'offset' in entry && found.offset === entry.offset)) &&
    (entry.type !== 'symlink' || found.target === entry.target)
  );
}
