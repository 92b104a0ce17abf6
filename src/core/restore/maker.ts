import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import type { DirectoryEntry, Entry, FileEntry, SymlinkEntry } from '../archive/manifest.ts';
import { asNoSpace, type FileToMake } from '../unpack/new-file.ts';
import { type Usual, usualIn } from './usual.ts';

export interface MakerOptions {
  /** Absolute path of the staged copy of each root, by the root's name. */
  readonly places: ReadonlyMap<string, string>;
  /** True to give files their captured owners, which only root can. */
  readonly owners: boolean;
}

/** Of a file until it is given the right one. */
const PRIVATE_MODE = 0o600;

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
  /** By root. */
  readonly #usual = new Map<string, Usual>();
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

  /** Makes the directory of a file. */
  makeWay(file: FileEntry): void {
    this.#makeDirectory(dirname(this.#pathOf(file)));
  }

  /** How to make a file in a directory that is there. What is usual is not asked for: each is a system call. */
  file(entry: FileEntry): FileToMake {
    const path = this.#pathOf(entry);
    const { uid, gid, mode, mtime } = entry;
    const usual = this.#usualAt(path, entry);
    const isOwner = !this.#options.owners || (uid === usual.uid && gid === usual.gid);
    const isMode = (mode & usual.mode) === mode;
    return {
      ...{ path, mtime },
      mode: isMode ? mode : PRIVATE_MODE,
      thenMode: isMode ? null : mode,
      thenOwner: isOwner ? null : { uid, gid },
    };
  }

  #usualAt(path: string, entry: FileEntry): Usual {
    const root = rootOf(entry);
    const known = this.#usual.get(root);
    if (known !== undefined) return known;
    const found = usualIn(dirname(path));
    this.#usual.set(root, found);
    return found;
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

  #pathOf({ path }: Pick<Entry, 'path'>): string {
    const root = rootOf({ path });
    const place = this.#options.places.get(root);
    if (place === undefined) throw new ClawbackError('INTEGRITY', `${path} lies in no root of this snapshot`);
    return place + path.slice(root.length);
  }
}

function rootOf({ path }: Pick<Entry, 'path'>): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash);
}
