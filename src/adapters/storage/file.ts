import type { Dirent } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClawbackError, systemCode } from '../../ports/errors.ts';
import type { Body, GetOptions, Storage, StoredObject, SweepOptions, TransferOptions } from '../../ports/storage.ts';
import { storageError } from './file-errors.ts';
import { clearOldParts, clearParts, linked, writePart } from './file-parts.ts';
import { mayHold } from './half-written.ts';

const READ_BYTES = 1024 * 1024;

/**
 * A directory, local or mounted. It must exist: a put that made it would fill the system disk while the real one is not
 * mounted.
 */
export function fileStorage(url: URL): Storage {
  return new FileStorage(fileURLToPath(url));
}

class FileStorage implements Storage {
  readonly location: string;
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
    this.location = `file://${root}`;
  }

  async put(key: string, body: Body, { signal }: TransferOptions = {}): Promise<void> {
    const path = this.#pathOf(key);
    try {
      signal?.throwIfAborted();
      await this.#checkMounted();
      await mkdir(dirname(path), { recursive: true });
      await clearOldParts(dirname(path));
      await using part = await writePart(dirname(path), body, signal);
      await publish(part.path, path);
      await syncDirectory(dirname(path));
    } catch (error) {
      throw storageError(error, `cannot store ${key} in ${this.location}`);
    }
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    let handle: FileHandle | undefined;
    try {
      signal?.throwIfAborted();
      handle = await open(this.#pathOf(key));
      const { size } = await handle.stat();
      const start = Math.min(range?.start ?? 0, size);
      const end = Math.min(range?.end ?? size, size);
      return readRange(handle, { key, start, end }, signal);
    } catch (error) {
      await handle?.close();
      throw storageError(error, `cannot read ${key} from ${this.location}`);
    }
  }

  async *list(prefix: string, { signal }: TransferOptions = {}): AsyncGenerator<StoredObject> {
    const objects: StoredObject[] = [];
    try {
      signal?.throwIfAborted();
      await this.#checkMounted();
      const slash = prefix.lastIndexOf('/') + 1;
      await collectObjects({ root: this.#root, directory: prefix.slice(0, slash), prefix }, objects, signal);
    } catch (error) {
      throw storageError(error, `cannot list ${this.location}`);
    }
    yield* objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async delete(key: string, { signal }: TransferOptions = {}): Promise<void> {
    const path = this.#pathOf(key);
    try {
      signal?.throwIfAborted();
      await unlink(path);
      await syncDirectory(dirname(path));
      await this.#removeEmpty(dirname(key));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return;
      throw storageError(error, `cannot delete ${key} from ${this.location}`);
    }
  }

  async sweep(prefix: string, { before, signal }: SweepOptions): Promise<number> {
    try {
      signal?.throwIfAborted();
      await this.#checkMounted();
      const slash = prefix.lastIndexOf('/') + 1;
      return await this.#sweepBelow(prefix.slice(0, slash), prefix, { before, signal });
    } catch (error) {
      throw storageError(error, `cannot clean up in ${this.location}`);
    }
  }

  async #sweepBelow(directory: string, prefix: string, { before, signal }: SweepOptions): Promise<number> {
    signal?.throwIfAborted();
    const path = join(this.#root, directory);
    let cleared = directory.startsWith(prefix) ? await clearParts(path, before.getTime()) : 0;
    for (const entry of await readDirectory(path)) {
      const below = `${directory}${entry.name}/`;
      if (!entry.isDirectory() || !mayHold(below, prefix)) continue;
      cleared += await this.#sweepBelow(below, prefix, { before, signal });
    }
    return cleared;
  }

  /** Removes a directory and those above it, as far as nothing is in them. */
  async #removeEmpty(directory: string): Promise<void> {
    if (directory === '.') return;
    const isGone = await rmdir(join(this.#root, directory)).then(
      () => true,
      () => false,
    );
    if (isGone) await this.#removeEmpty(dirname(directory));
  }

  #pathOf(key: string): string {
    if (!key.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && !part.startsWith('.'))) {
      throw new ClawbackError('FAILED', `not a key: ${JSON.stringify(key)}`);
    }
    return join(this.#root, key);
  }

  async #checkMounted(): Promise<void> {
    const found = await stat(this.#root).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    });
    if (found?.isDirectory() !== true) {
      throw new ClawbackError('UNAVAILABLE', `the directory ${this.#root} is not there`, {
        hint: `mount its disk; or, if it is new: mkdir -p ${this.#root}`,
      });
    }
  }
}

/** Gives the part its name; where there are no hard links, as on FAT, by a rename after a look. */
async function publish(part: string, path: string): Promise<void> {
  if (!(await linked(part, path))) {
    // Between the look and the rename another writer could come; but a key holds the digest of its bytes.
    const taken = await stat(path).then(
      () => true,
      () => false,
    );
    if (taken) throw new ClawbackError('EXISTS', `${basename(path)} is already there`);
    await rename(part, path);
  }
}

/** Makes a new name survive a power failure. Some network file systems cannot sync a directory; nothing to be done there. */
async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory);
  await handle.sync().catch(() => undefined);
}

/** All pieces are in the same memory: of new ones for each, the garbage collector would have as much to do as whoever reads them. */
async function* readRange(
  handle: FileHandle,
  wanted: { readonly key: string; readonly start: number; readonly end: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { key, start, end } = wanted;
  if (start >= end) {
    await handle.close();
    return;
  }
  const memory = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, end - start));
  let at = start;
  try {
    await using _ = handle;
    while (at < end) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(memory, 0, Math.min(memory.length, end - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
      yield memory.subarray(0, bytesRead);
    }
  } catch (error) {
    throw storageError(error, `cannot read ${key}`);
  }
  if (at < end) throw new ClawbackError('FAILED', `${key} became shorter while it was read`);
}

async function collectObjects(
  place: { readonly root: string; readonly directory: string; readonly prefix: string },
  objects: StoredObject[],
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  for (const entry of await readDirectory(join(place.root, place.directory))) {
    const key = `${place.directory}${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      if (mayHold(`${key}/`, place.prefix)) {
        await collectObjects({ ...place, directory: `${key}/` }, objects, signal);
      }
    } else if (entry.isFile() && key.startsWith(place.prefix)) {
      const found = await stat(join(place.root, key)).catch(() => null);
      if (found !== null) objects.push({ key, size: found.size });
    }
  }
}

/** What is in a directory; nothing if nobody has written there yet, or if it went away meanwhile. */
async function readDirectory(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
