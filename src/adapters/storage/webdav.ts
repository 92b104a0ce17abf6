import type { FileStat } from 'webdav';
import { ClawbackError, hasCode } from '../../ports/errors.ts';
import type {
  ByteRange,
  GetOptions,
  Storage,
  StoredObject,
  SweepOptions,
  TransferOptions,
} from '../../ports/storage.ts';
import { isPartName, mayHold, newPartName, PART_LIFETIME_MS } from './half-written.ts';
import { checkLocation } from './plain-location.ts';
import { statusOf } from './webdav-errors.ts';
import type { WebdavClient } from './webdav-client.ts';
import { webdavClient, type WebdavHost } from './webdav-login.ts';

/** A claim is held for two requests; one this old was left by a put that was killed. */
const CLAIM_LIFETIME_MS = 10 * 60 * 1000;
const PATIENCE_MS = 60_000;

export interface WebdavOptions {
  /** Milliseconds without a byte in either direction after which the server counts as gone; default 60,000. */
  readonly patience?: number;
}

/**
 * A collection on a WebDAV server: `webdavs://host/path`, or `webdav://` for plain HTTP. It must exist.
 *
 * @throws ClawbackError `CONFIG` if the URL holds a password, or options.
 */
export async function webdavStorage(
  url: URL,
  host: WebdavHost,
  { patience = PATIENCE_MS }: WebdavOptions = {},
): Promise<Storage> {
  checkLocation(url, []);
  const user = url.username === '' ? '' : `${url.username}@`;
  return new WebdavStorage(
    `${url.protocol}//${user}${url.host}${url.pathname}`,
    await webdavClient(url, host, patience),
  );
}

class WebdavStorage implements Storage {
  readonly location: string;
  readonly #client: WebdavClient;
  /** Whether the collection that the location names has been seen. */
  #isThere = false;
  /** Collections that this process has looked for old parts in. */
  readonly #swept = new Set<string>();

  constructor(location: string, client: WebdavClient) {
    this.location = location;
    this.#client = client;
  }

  async put(key: string, body: Blob, { signal }: TransferOptions = {}): Promise<void> {
    const path = pathOf(key);
    const what = `cannot store ${key} in ${this.location}`;
    checkAborted(signal);
    // nginx would make it.
    if (!this.#isThere) await this.#checkRoot();
    if ((await this.#client.find(path, what, signal)) !== null) throw taken(key);
    const directory = path.slice(0, path.lastIndexOf('/'));
    const part = `${directory}/${newPartName('~')}`;
    const upload = (): Promise<void> => this.#client.send({ method: 'PUT', path: part, body, signal, what });
    try {
      await upload().catch(async (error: unknown) => {
        if (!lacksParent(error)) throw error;
        await this.#makeParents(key, what);
        await upload();
      });
      await this.#clearOldParts(directory);
      checkAborted(signal);
      await this.#publish(part, key);
    } catch (error) {
      await this.#client.send({ method: 'DELETE', path: part, what }).catch(() => undefined);
      throw error;
    }
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    const path = pathOf(key);
    const what = `cannot read ${key} from ${this.location}`;
    checkAborted(signal);
    const found = await this.#client.find(path, what, signal);
    if (found === null) throw new ClawbackError('NOT_FOUND', `no object ${key} in ${this.location}`);
    const wanted = {
      start: Math.min(range?.start ?? 0, found.size),
      end: Math.min(range?.end ?? found.size, found.size),
    };
    if (wanted.start >= wanted.end) return nothing();
    const headers = { Range: `bytes=${wanted.start}-${wanted.end - 1}`, 'Accept-Encoding': 'identity' };
    const { isPart, body } = await this.#client.receive({ method: 'GET', path, headers, signal, what });
    return exactly(body, isPart ? { start: 0, end: wanted.end - wanted.start } : wanted, key);
  }

  async *list(prefix: string, { signal }: TransferOptions = {}): AsyncGenerator<StoredObject> {
    checkAborted(signal);
    const objects: StoredObject[] = [];
    const slash = prefix.lastIndexOf('/') + 1;
    const collect = async (directory: string): Promise<boolean> => {
      const items = await this.#client.list(`/${directory}`, `cannot list ${this.location}`, signal);
      for (const item of items ?? []) {
        const { basename, type, size } = item;
        const key = `${directory}${basename}`;
        if (basename.startsWith('.') || isLitter(item)) continue;
        if (type === 'directory') {
          if (mayHold(`${key}/`, prefix)) await collect(`${key}/`);
        } else if (key.startsWith(prefix)) objects.push({ key, size });
      }
      return items !== null;
    };
    const isThere = await collect(prefix.slice(0, slash));
    if (!isThere) await this.#checkRoot();
    yield* objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async delete(key: string, { signal }: TransferOptions = {}): Promise<void> {
    const path = pathOf(key);
    checkAborted(signal);
    try {
      await this.#client.send({ method: 'DELETE', path, signal, what: `cannot delete ${key} from ${this.location}` });
    } catch (error) {
      if (!hasCode(error, 'NOT_FOUND')) throw error;
    }
  }

  async sweep(prefix: string, { before, signal }: SweepOptions): Promise<number> {
    checkAborted(signal);
    await this.#checkRoot();
    const sweepBelow = async (directory: string): Promise<number> => {
      const items = await this.#client.list(`/${directory}`, `cannot clean up in ${this.location}`, signal);
      const litter = directory.startsWith(prefix) ? (items ?? []).filter(isLitter) : [];
      let cleared = await this.#clear(litter, { directory: `/${directory}`, before: before.getTime(), signal });
      for (const item of items ?? []) {
        const below = `${directory}${item.basename}/`;
        if (item.type === 'directory' && !isLitter(item) && mayHold(below, prefix)) cleared += await sweepBelow(below);
      }
      return cleared;
    };
    return sweepBelow(prefix.slice(0, prefix.lastIndexOf('/') + 1));
  }

  /**
   * Moves a part to its key. Apache looks whether the name is free and moves afterwards, so that of two that move at once both
   * may win; that one alone can make a collection is true everywhere, and so whoever moves makes one first.
   */
  async #publish(part: string, key: string): Promise<void> {
    const what = `cannot store ${key} in ${this.location}`;
    await using _claim = await this.#claim(key);
    const headers = { Destination: this.#client.urlOf(pathOf(key)), Overwrite: 'F' };
    await this.#client.send({ method: 'MOVE', path: part, headers, what }).catch((error: unknown) => {
      throw hasCode(error, 'EXISTS') ? taken(key) : error;
    });
  }

  async #claim(key: string): Promise<AsyncDisposable> {
    const path = pathOf(key).replace(/([^/]+)$/, '~clawback-$1.claim/');
    const what = `cannot store ${key} in ${this.location}`;
    const release = (): Promise<void> => this.#client.send({ method: 'DELETE', path, what }).catch(() => undefined);
    if (!(await this.#client.makeCollection(path, what))) {
      const claim = await this.#client.find(path, what);
      const age = claim === null ? 0 : Date.parse(claim.date) - Date.parse(claim.lastmod);
      if (age > CLAIM_LIFETIME_MS) await release();
      if (!(await this.#client.makeCollection(path, what))) {
        throw new ClawbackError('UNAVAILABLE', `somebody else is storing ${key} right now`, {
          hint: 'try again later',
        });
      }
    }
    return { [Symbol.asyncDispose]: release };
  }

  async #makeParents(key: string, what: string): Promise<void> {
    const parents = key.split('/').slice(0, -1);
    for (const index of parents.keys()) {
      await this.#client.makeCollection(`/${parents.slice(0, index + 1).join('/')}/`, what);
    }
  }

  async #checkRoot(): Promise<void> {
    const root = await this.#client.find('/', `cannot reach ${this.location}`);
    this.#isThere = root !== null;
    if (this.#isThere) return;
    throw new ClawbackError('UNAVAILABLE', `the collection ${this.location} is not there`, {
      hint: 'see whether the path is right; or, if it is new, make that folder on the server',
    });
  }

  /** Removes what a killed put left behind long ago, by the clock of the server. */
  async #clearOldParts(directory: string): Promise<void> {
    if (this.#swept.has(directory)) return;
    this.#swept.add(directory);
    const what = `cannot clean up in ${this.location}`;
    const items = (await this.#client.list(`${directory}/`, what).catch(() => null)) ?? [];
    const now = Math.max(...items.map(({ lastmod }) => Date.parse(lastmod)));
    const parts = items.filter(({ basename }) => isPartName(basename));
    await this.#clear(parts, { directory: `${directory}/`, before: now - PART_LIFETIME_MS }).catch(() => 0);
  }

  /** @param by.before milliseconds since 1970, by the clock of the server. */
  async #clear(
    items: readonly FileStat[],
    by: { readonly directory: string; readonly before: number; readonly signal?: AbortSignal | undefined },
  ): Promise<number> {
    let cleared = 0;
    for (const { basename, lastmod, type } of items) {
      if (Date.parse(lastmod) >= by.before) continue;
      const path = `${by.directory}${basename}${type === 'directory' ? '/' : ''}`;
      const what = `cannot clean up in ${this.location}`;
      try {
        await this.#client.send({ method: 'DELETE', path, signal: by.signal, what });
        cleared += 1;
      } catch (error) {
        // Its put has just ended, or another sweep was here first.
        if (!hasCode(error, 'NOT_FOUND')) throw error;
      }
    }
    return cleared;
  }
}

/** What a put makes besides its object, and leaves when it is killed: its part and its claim. nginx lists no hidden names. */
function isLitter({ basename, type }: FileStat): boolean {
  return isPartName(basename) || (type === 'directory' && /^~clawback-.+\.claim$/.test(basename));
}

function pathOf(key: string): string {
  if (key.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && !part.startsWith('.'))) return `/${key}`;
  throw new ClawbackError('FAILED', `not a key: ${JSON.stringify(key)}`);
}

/** Apache answers 409 when the collection is missing, others 404; nginx makes it. */
function lacksParent(error: unknown): boolean {
  const status = error instanceof ClawbackError ? statusOf(error.cause) : undefined;
  return status === 404 || status === 409;
}

function taken(key: string): ClawbackError {
  return new ClawbackError('EXISTS', `${key} is already there`);
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ClawbackError('ABORTED', 'interrupted');
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // The range is empty.
}

/** The bytes `start` to `end` of a body that must have them. */
async function* exactly(
  body: AsyncIterable<Uint8Array>,
  { start, end }: ByteRange,
  key: string,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of body) {
    const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += piece.length;
    if (wanted.length > 0) yield wanted;
    if (at >= end) return;
  }
  if (at < end) throw new ClawbackError('UNAVAILABLE', `the answer with ${key} ended after ${at} of ${end} bytes`);
}
