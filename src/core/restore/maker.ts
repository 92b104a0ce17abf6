import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import { type DirectoryEntry, type Entry, type FileEntry, type SymlinkEntry } from '../archive/manifest.ts';
import { asNoSpace, type FileToMake } from '../unpack/new-file.ts';

export interface MakerOptions {
  /** Absolute path of the staged copy of each root, by the root's name. */
  readonly places: ReadonlyMap<string, string>;
  /** True to give files their captured owners, which only root can. */
  readonly owners: boolean;
}

/**
 * Makes files and directories in fresh, private directories that nobody else knows. Links are made when all files are there,
 * so that nothing is written through one.
 *
 * Synchronous calls: they go to the page cache, and a trip through the thread pool would cost more than they do.
 */
export class Maker {
  readonly #options: MakerOptions;
  readonly #directories: DirectoryEntry[] = [];
  readonly #links: SymlinkEntry[] = [];
  /** Directories that are there: asking the system again for each file in one would take as long as writing it. */
  readonly #made = new Set<string>();

  constructor(options: MakerOptions) {
    this.#options = options;
  }

  /** Makes a directory; a link is made later. */
  add(entry: DirectoryEntry | SymlinkEntry): void {
    if (entry.type === 'symlink') this.#links.push(entry);
    else {
      this.#makeDirectory(this.#pathOf(entry));
      this.#directories.push(entry);
    }
  }

  /** How to make a file, once its directory is there. */
  file(entry: FileEntry): FileToMake {
    const path = this.#pathOf(entry);
    // In the order of capture a database comes before the directory that it lies in.
    this.#makeDirectory(dirname(path));
    const { mode, uid, gid, mtime } = entry;
    return { path, mode, owner: this.#options.owners ? { uid, gid } : null, mtime };
  }

  /** Makes the links that stay within their roots. To be called when all files are there. */
  innerLinks(): void {
    for (const link of this.#links) if (!link.outside) this.#makeLink(link);
  }

  /**
   * Makes the links that lead out of their roots, then gives directories their modes, owners and times. Work on the copy comes
   * before: a database of it that is a link to another disk is the live one there, and a directory's mode may close it to us.
   */
  finish(): void {
    const { owners } = this.#options;
    try {
      for (const link of this.#links) if (link.outside) this.#makeLink(link);
      // The deepest first, for the same reason.
      for (const directory of this.#directories.toSorted((a, b) => (a.path < b.path ? 1 : -1))) {
        const path = this.#pathOf(directory);
        if (owners) chownSync(path, directory.uid, directory.gid);
        chmodSync(path, directory.mode);
        utimesSync(path, directory.mtime / 1000, directory.mtime / 1000);
      }
    } catch (error) {
      throw asNoSpace(error);
    }
  }

  #makeLink(link: SymlinkEntry): void {
    const path = this.#pathOf(link);
    this.#makeDirectory(dirname(path));
    symlinkSync(link.target, path);
    if (this.#options.owners) lchownSync(path, link.uid, link.gid);
  }

  #makeDirectory(path: string): void {
    if (this.#made.has(path)) return;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#made.add(path);
  }

  #pathOf({ path }: Entry): string {
    const slash = path.indexOf('/');
    const place = this.#options.places.get(slash < 0 ? path : path.slice(0, slash));
    if (place === undefined) throw new ClawbackError('INTEGRITY', `${path} lies in no root of this snapshot`);
    return slash < 0 ? place : `${place}${path.slice(slash)}`;
  }
}
