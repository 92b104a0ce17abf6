import {
  chownSync,
  closeSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  mkdirSync,
  openSync,
  chmodSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ClawbackError, systemCode } from '../../ports/errors.ts';
import { type DirectoryEntry, type Entry, type FileEntry, type SymlinkEntry } from '../archive/manifest.ts';
import { type Met } from '../archive/met.ts';

export interface ExtractOptions {
  /** Absolute path of the staged copy of each root, by the root's name. */
  readonly places: ReadonlyMap<string, string>;
  /** True to give files their captured owners, which only root can. */
  readonly owners: boolean;
  readonly signal: AbortSignal;
}

/** Makes the links that lead out of their roots, then gives directories their modes, owners and times. */
export type Finish = () => void;

/**
 * Writes entries into fresh, private directories that nobody else knows. Links are made when all files are there, so that
 * nothing is written through one. What would let later work reach out of the copy, or keep it out, waits for `Finish`:
 * a database of the copy that is a link to another disk is the live one there.
 *
 * @throws ClawbackError `NO_SPACE`, or what reading the content throws. What was written until then is the caller's to remove.
 */
export async function extract(met: AsyncIterable<Met>, options: ExtractOptions): Promise<Finish> {
  const directories: DirectoryEntry[] = [];
  const links: SymlinkEntry[] = [];
  try {
    for await (const { entry, content } of met) {
      options.signal.throwIfAborted();
      if (entry.type === 'symlink') links.push(entry);
      else if (entry.type === 'directory') {
        mkdirSync(pathOf(entry, options), { recursive: true, mode: 0o700 });
        directories.push(entry);
      } else await writeFile(entry, content, options);
    }
    for (const link of links) if (!link.outside) makeLink(link, options);
  } catch (error) {
    throw asNoSpace(error);
  }
  return () => {
    try {
      for (const link of links) if (link.outside) makeLink(link, options);
      // The deepest first: giving a directory its mode may close it to us.
      for (const directory of directories.sort((a, b) => (a.path < b.path ? 1 : -1))) {
        const path = pathOf(directory, options);
        if (options.owners) chownSync(path, directory.uid, directory.gid);
        chmodSync(path, directory.mode);
        utimesSync(path, directory.mtime / 1000, directory.mtime / 1000);
      }
    } catch (error) {
      throw asNoSpace(error);
    }
  };
}

function makeLink(link: SymlinkEntry, options: ExtractOptions): void {
  const path = pathOf(link, options);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  symlinkSync(link.target, path);
  if (options.owners) lchownSync(path, link.uid, link.gid);
}

function asNoSpace(error: unknown): unknown {
  const code = systemCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new ClawbackError('NO_SPACE', 'the disk of the target is full', {
    cause: error,
    hint: 'free some space there, or restore elsewhere',
  });
}

/** Synchronous writes: they go to the page cache, and a trip through the thread pool would cost more than they do. */
async function writeFile(entry: FileEntry, content: AsyncIterable<Uint8Array>, options: ExtractOptions): Promise<void> {
  const path = pathOf(entry, options);
  // In the order of capture a database comes before the directory that it lies in.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    for await (const piece of content) {
      for (let written = 0; written < piece.length;) written += writeSync(descriptor, piece, written);
    }
    if (options.owners) fchownSync(descriptor, entry.uid, entry.gid);
    fchmodSync(descriptor, entry.mode);
    futimesSync(descriptor, entry.mtime / 1000, entry.mtime / 1000);
  } finally {
    closeSync(descriptor);
  }
}

function pathOf({ path }: Entry, { places }: ExtractOptions): string {
  const slash = path.indexOf('/');
  const root = slash < 0 ? path : path.slice(0, slash);
  const place = places.get(root);
  if (place === undefined) throw new ClawbackError('INTEGRITY', `${path} lies in no root of this snapshot`);
  return slash < 0 ? place : join(place, path.slice(slash + 1));
}
