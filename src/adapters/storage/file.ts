import { createReadStream } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClawbackError, systemCode } from '../../ports/errors.ts';
import { type GetOptions, type Storage, type StoredObject, type TransferOptions } from '../../ports/storage.ts';
import { storageError } from './file-errors.ts';

/** Half written objects: hidden from `list`, and removed by a later put once nobody can be writing them any more. */
const PART = /^\.clawback-[0-9a-f-]{36}\.part$/;
const PART_LIFETIME_MS = 24 * 60 * 60 * 1000;

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

  async put(key: string, body: Blob, { signal }: TransferOptions = {}): Promise<void> {
    const path = this.#pathOf(key);
    try {
      signal?.throwIfAborted();
      await this.#checkMounted();
      await mkdir(dirname(path), { recursive: true });
      await sweep(dirname(path));
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

/** Writes and syncs the body under a hidden name; disposing removes that name. */
async function writePart(
  directory: string,
  body: Blob,
  signal: AbortSignal | undefined,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = join(directory, `.clawback-${crypto.randomUUID()}.part`);
  const remove = async (): Promise<void> => {
    await unlink(path).catch(() => undefined);
  };
  try {
    await using handle = await open(path, 'wx', 0o600);
    for await (const piece of body.stream() as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted();
      await handle.writeFile(piece);
    }
    signal?.throwIfAborted();
    await handle.sync();
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, [Symbol.asyncDispose]: remove };
}

/** Gives the part its name. A hard link never overwrites; where there are none, as on FAT, a rename after a look. */
async function publish(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
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

/** Removes what a killed put left behind long ago, by the clock of the file system: it may be another machine's. */
async function sweep(directory: string): Promise<void> {
  const { mtimeMs: now } = await stat(directory);
  for (const name of await readdir(directory)) {
    if (!PART.test(name)) continue;
    const path = join(directory, name);
    const part = await stat(path).catch(() => null);
    if (part !== null && now - part.mtimeMs > PART_LIFETIME_MS) await unlink(path).catch(() => undefined);
  }
}

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
  const stream = createReadStream('', {
    fd: handle,
    start,
    end: end - 1,
    highWaterMark: READ_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  let received = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      received += piece.length;
      yield piece;
    }
  } catch (error) {
    throw storageError(error, `cannot read ${key}`);
  }
  if (received < end - start) throw new ClawbackError('FAILED', `${key} became shorter while it was read`);
}

async function collectObjects(
  place: { readonly root: string; readonly directory: string; readonly prefix: string },
  objects: StoredObject[],
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const entries = await readdir(join(place.root, place.directory), { withFileTypes: true }).catch((error: unknown) => {
    // A prefix that nobody has written under yet; or a directory that went away meanwhile.
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  });
  for (const entry of entries) {
    const key = `${place.directory}${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      if (`${key}/`.startsWith(place.prefix) || place.prefix.startsWith(`${key}/`)) {
        await collectObjects({ ...place, directory: `${key}/` }, objects, signal);
      }
    } else if (entry.isFile() && key.startsWith(place.prefix)) {
      const found = await stat(join(place.root, key)).catch(() => null);
      if (found !== null) objects.push({ key, size: found.size });
    }
  }
}
