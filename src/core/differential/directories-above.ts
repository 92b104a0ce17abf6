import type { DirectoryEntry } from '../archive/manifest.ts';

/**
 * Directories that are as the base has them, though something below them is not. They are listed too: stock tools that unpack what
 * changed make the directories above it as well, and what they are not told they make open to everybody, and of today.
 */
export class DirectoriesAbove {
  /** By path; those that have been met, and above no change so far. */
  readonly #unchanged = new Map<string, DirectoryEntry>();
  /** Paths above a change, whose directories have not been met, as those of databases, which are captured first. */
  readonly #awaited = new Set<string>();

  /** Those above a path that has changed, the highest first; each is given once. */
  *above(path: string): Generator<DirectoryEntry> {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const directory = path.slice(0, end);
      const entry = this.#unchanged.get(directory);
      if (entry === undefined) this.#awaited.add(directory);
      else {
        this.#unchanged.delete(directory);
        yield entry;
      }
    }
  }

  /** The directory itself, if something below it has changed. */
  *met(directory: DirectoryEntry): Generator<DirectoryEntry> {
    if (this.#awaited.has(directory.path)) yield directory;
    else this.#unchanged.set(directory.path, directory);
  }
}
