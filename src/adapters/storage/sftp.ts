import type { FileEntryWithStats } from 'ssh2';
import { ClawbackError } from '../../ports/errors.ts';
import type { GetOptions, Storage, StoredObject, SweepOptions, TransferOptions } from '../../ports/storage.ts';
import { isPartName, mayHold, newPartName, PART_LIFETIME_MS } from './half-written.ts';
import { checkLocation } from './plain-location.ts';
import { SftpConnection } from './sftp-connection.ts';
import { isStatus, sftpError, STATUS } from './sftp-errors.ts';
import { SftpFiles } from './sftp-files.ts';
import type { SftpHost } from './sftp-login.ts';
import { readRange, writeAll } from './sftp-transfer.ts';

const PATIENCE_MS = 60_000;

export interface SftpOptions {
  /** Milliseconds that the server may owe an answer; default 60,000. */
  readonly patience?: number;
}

/**
 * A directory on an SSH server: `sftp://user@host:port/absolute/path`, or `/~/path` for one below the home directory there.
 * It must exist. `?identity=FILE` names the private key to log in with.
 *
 * @throws ClawbackError `CONFIG` if the URL holds a password, or another option.
 */
export function sftpStorage(url: URL, from: SftpHost, { patience = PATIENCE_MS }: SftpOptions = {}): Storage {
  checkLocation(url, ['identity']);
  const names = [decodeURIComponent(url.username), from.env['USER'], from.env['LOGNAME']];
  const target = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 22 : Number(url.port),
    username: names.find((name) => name !== undefined && name !== '') ?? 'root',
    identity: url.searchParams.get('identity'),
    patience,
  };
  const path = decodeURIComponent(url.pathname).replace(/\/+$/, '');
  const root = path.replace(/^\/~(?=\/|$)/, '.');
  const location = `sftp://${url.username === '' ? '' : `${url.username}@`}${url.host}${url.pathname}`;
  return new SftpStorage({ location, root: root === '' ? '/' : root }, new SftpConnection(target, from));
}

class SftpStorage implements Storage {
  readonly location: string;
  readonly #root: string;
  readonly #connection: SftpConnection;
  /** Directories that this process has looked for old parts in. */
  readonly #swept = new Set<string>();

  constructor({ location, root }: { location: string; root: string }, connection: SftpConnection) {
    this.location = location;
    this.#root = root;
    this.#connection = connection;
  }

  async put(key: string, body: Blob, { signal }: TransferOptions = {}): Promise<void> {
    const path = this.#pathOf(key);
    const directory = path.slice(0, path.lastIndexOf('/'));
    await this.#with(`cannot store ${key} in ${this.location}`, signal, async (files) => {
      await this.#checkRoot(files);
      await this.#makeDirectories(files, key);
      if ((await files.find(path)) !== null) throw new ClawbackError('EXISTS', `${key} is already there`);
      const part = `${directory}/${newPartName()}`;
      try {
        const now = await writePart(part, body, files);
        await this.#clearOldParts(directory, now, files);
        await publish(part, path, files);
      } catch (error) {
        // Before the part is gone: without it the disk may not be full any more.
        const reason = await files.explain(error, this.#root);
        await files.unlink(part).catch(() => undefined);
        throw reason;
      }
    });
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    const path = this.#pathOf(key);
    const what = `cannot read ${key} from ${this.location}`;
    const held = new AsyncDisposableStack();
    try {
      signal?.throwIfAborted();
      const { session } = held.use(await this.#connection.lease());
      const files = new SftpFiles(session, signal);
      const handle = await files.open(path, 'r');
      held.defer(() => files.close(handle).catch(() => undefined));
      const { size } = await files.facts(handle);
      const wanted = { start: Math.min(range?.start ?? 0, size), end: Math.min(range?.end ?? size, size) };
      return reading(readRange({ session, handle, signal }, wanted), held, what);
    } catch (error) {
      await held.disposeAsync();
      throw sftpError(error, what);
    }
  }

  async *list(prefix: string, { signal }: TransferOptions = {}): AsyncGenerator<StoredObject> {
    const objects: StoredObject[] = [];
    await this.#with(`cannot list ${this.location}`, signal, async (files) => {
      await this.#checkRoot(files);
      const slash = prefix.lastIndexOf('/') + 1;
      await this.#collect(prefix.slice(0, slash), prefix, { files, objects });
    });
    yield* objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async delete(key: string, { signal }: TransferOptions = {}): Promise<void> {
    const path = this.#pathOf(key);
    await this.#with(`cannot delete ${key} from ${this.location}`, signal, async (files) => {
      await files.unlink(path).catch((error: unknown) => {
        if (!isStatus(error, STATUS.NO_SUCH_FILE)) throw error;
      });
      await this.#removeEmpty(key.split('/').slice(0, -1), files);
    });
  }

  async sweep(prefix: string, { before, signal }: SweepOptions): Promise<number> {
    let cleared = 0;
    await this.#with(`cannot clean up in ${this.location}`, signal, async (files) => {
      await this.#checkRoot(files);
      const slash = prefix.lastIndexOf('/') + 1;
      cleared = await this.#sweepBelow(prefix.slice(0, slash), prefix, { before: before.getTime() / 1000, files });
    });
    return cleared;
  }

  async #with(what: string, signal: AbortSignal | undefined, use: (files: SftpFiles) => Promise<void>): Promise<void> {
    try {
      signal?.throwIfAborted();
      using lease = await this.#connection.lease();
      const files = new SftpFiles(lease.session, signal);
      await use(files).catch(async (error: unknown) => {
        throw await files.explain(error, this.#root);
      });
    } catch (error) {
      throw sftpError(error, what);
    }
  }

  #pathOf(key: string): string {
    if (!key.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && !part.startsWith('.'))) {
      throw new ClawbackError('FAILED', `not a key: ${JSON.stringify(key)}`);
    }
    return `${this.#root === '/' ? '' : this.#root}/${key}`;
  }

  async #checkRoot(files: SftpFiles): Promise<void> {
    if ((await files.find(this.#root))?.isDirectory() === true) return;
    throw new ClawbackError('UNAVAILABLE', `the directory ${this.#root} is not there`, {
      hint: 'see whether its disk is mounted on the server; or, if it is new, make it there',
    });
  }

  async #makeDirectories(files: SftpFiles, key: string): Promise<void> {
    const parents = key.split('/').slice(0, -1);
    for (const index of parents.keys()) {
      const directory = this.#pathOf(parents.slice(0, index + 1).join('/'));
      if ((await files.find(directory)) === null) await files.makeDirectory(directory);
    }
  }

  /** Removes a directory and those above it, as far as nothing is in them. */
  async #removeEmpty(parents: readonly string[], files: SftpFiles): Promise<void> {
    if (parents.length === 0) return;
    const isGone = await files.removeDirectory(this.#pathOf(parents.join('/')));
    if (isGone) await this.#removeEmpty(parents.slice(0, -1), files);
  }

  /** Removes what a killed put left behind long ago; not being able to is no failure of this one. */
  async #clearOldParts(directory: string, now: number, files: SftpFiles): Promise<void> {
    if (this.#swept.has(directory)) return;
    this.#swept.add(directory);
    const before = now - PART_LIFETIME_MS / 1000;
    await clearParts(await files.list(directory).catch(() => []), { directory, before, files }).catch(() => 0);
  }

  async #sweepBelow(
    directory: string,
    prefix: string,
    by: { readonly before: number; readonly files: SftpFiles },
  ): Promise<number> {
    const path = `${this.#root}/${directory}`;
    const found = await by.files.list(path);
    let cleared = directory.startsWith(prefix) ? await clearParts(found, { directory: path, ...by }) : 0;
    for (const { filename, attrs } of found) {
      const below = `${directory}${filename}/`;
      if (attrs.isDirectory() && mayHold(below, prefix)) cleared += await this.#sweepBelow(below, prefix, by);
    }
    return cleared;
  }

  async #collect(
    directory: string,
    prefix: string,
    into: { readonly files: SftpFiles; readonly objects: StoredObject[] },
  ): Promise<void> {
    for (const { filename, attrs } of await into.files.list(`${this.#root}/${directory}`)) {
      const key = `${directory}${filename}`;
      if (filename.startsWith('.')) continue;
      if (attrs.isDirectory()) {
        if (mayHold(`${key}/`, prefix)) await this.#collect(`${key}/`, prefix, into);
      } else if (attrs.isFile() && key.startsWith(prefix)) into.objects.push({ key, size: attrs.size });
    }
  }
}

/** Writes and syncs a body; the time of the server, in seconds, when it was done. */
async function writePart(part: string, body: Blob, files: SftpFiles): Promise<number> {
  const { session, signal } = files;
  const handle = await files.open(part, 'wx');
  try {
    await writeAll(body, { session, handle, signal });
    signal?.throwIfAborted();
    await files.sync(handle);
    return (await files.facts(handle)).mtime;
  } finally {
    await files.close(handle).catch(() => undefined);
  }
}

/**
 * Removes those of the files in a directory that are parts and were last written to before a moment, in seconds since 1970 by
 * the clock of the server; resolves to how many.
 */
async function clearParts(
  found: readonly FileEntryWithStats[],
  by: { readonly directory: string; readonly before: number; readonly files: SftpFiles },
): Promise<number> {
  let cleared = 0;
  for (const { filename, attrs } of found) {
    if (!isPartName(filename) || attrs.mtime >= by.before) continue;
    try {
      await by.files.unlink(`${by.directory.replace(/\/$/, '')}/${filename}`);
      cleared += 1;
    } catch (error) {
      // Its put has just ended, or another sweep was here first.
      if (!isStatus(error, STATUS.NO_SUCH_FILE)) throw error;
    }
  }
  return cleared;
}

/** OpenSSH says no more than "failure" when the name is taken. */
async function publish(part: string, path: string, files: SftpFiles): Promise<void> {
  try {
    await files.rename(part, path);
  } catch (error) {
    if ((await files.find(path)) === null) throw error;
    throw new ClawbackError('EXISTS', `${path} is already there`, { cause: error });
  }
}

async function* reading(
  pieces: AsyncIterable<Uint8Array>,
  held: AsyncDisposableStack,
  what: string,
): AsyncGenerator<Uint8Array> {
  await using _held = held;
  try {
    yield* pieces;
  } catch (error) {
    throw sftpError(error, what);
  }
}
