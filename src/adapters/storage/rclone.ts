import { ClawbackError, hasCode } from '../../ports/errors.ts';
import type { GetOptions, Storage, StoredObject, SweepOptions, TransferOptions } from '../../ports/storage.ts';
import { isPartName, newPartName } from './half-written.ts';
import { checkLocation } from './plain-location.ts';
import { Rclone } from './rclone-process.ts';

/** Half written objects in one directory, and wherever they are, as rclone's filters say it. */
const PARTS_HERE = '/.clawback-*.part';
const PARTS = '.clawback-*.part';
const PART_LIFETIME = '24h';

/**
 * Whatever the user's rclone speaks: `rclone:remote:path`, where `rclone config` has made the remote.
 *
 * rclone cannot create an object only if it is absent. Two hosts that put one key at the same moment may both succeed;
 * within a process one does.
 *
 * @throws ClawbackError `CONFIG` if there is no rclone, or if options stand in the location, where passwords might be.
 */
export async function rcloneStorage(url: URL, env: Readonly<Record<string, string | undefined>>): Promise<Storage> {
  checkLocation(url, []);
  const base = decodeURIComponent(url.pathname);
  if (base.startsWith(':') || /^[^:/]*,/.test(base)) {
    throw new ClawbackError('CONFIG', 'an rclone location names a remote and a path, and no options', {
      hint: 'make a remote with rclone config, and name it: rclone:remote:path',
    });
  }
  return new RcloneStorage(base, await Rclone.find(env));
}

interface Found {
  readonly Path: string;
  readonly Size: number;
  readonly IsDir: boolean;
}

class RcloneStorage implements Storage {
  readonly location: string;
  readonly #base: string;
  readonly #rclone: Rclone;
  readonly #swept = new Set<string>();
  /** The last publication of this process: one waits for the other. */
  #publishing: Promise<unknown> = Promise.resolve();

  constructor(base: string, rclone: Rclone) {
    this.location = `rclone:${base}`;
    this.#base = base;
    this.#rclone = rclone;
  }

  async put(key: string, body: Blob, { signal }: TransferOptions = {}): Promise<void> {
    const path = this.#pathOf(key);
    const what = `cannot store ${key} in ${this.location}`;
    if ((await this.#find(path, what, signal)) !== null) throw taken(key);
    const directory = path.slice(0, -(key.split('/').at(-1)?.length ?? 0));
    const part = `${directory}${newPartName()}`;
    // A known size lets rclone choose parts that suffice; 0 would mean unknown.
    const size = body.size === 0 ? [] : ['--size', String(body.size)];
    try {
      await this.#rclone.ask({ words: ['rcat', ...size, part], input: body, signal, what });
      const publication = this.#publishing.then(async () => {
        if ((await this.#find(path, what, signal)) !== null) throw taken(key);
        await this.#rclone.ask({ words: ['moveto', part, path], signal, what });
      });
      this.#publishing = publication.catch(() => undefined);
      await publication;
    } catch (error) {
      await this.#rclone.ask({ words: ['deletefile', part], what }).catch(() => undefined);
      throw error;
    }
    await this.#clearOldParts(directory);
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    const path = this.#pathOf(key);
    const what = `cannot read ${key} from ${this.location}`;
    const found = await this.#find(path, what, signal);
    if (found === null) throw new ClawbackError('NOT_FOUND', `no object ${key} in ${this.location}`);
    const start = Math.min(range?.start ?? 0, found.Size);
    const count = Math.max(0, Math.min(range?.end ?? found.Size, found.Size) - start);
    const words = ['cat', '--offset', String(start), '--count', String(count), path];
    return counted(count === 0 ? [] : this.#rclone.stream({ words, signal, what }), count, key);
  }

  async *list(prefix: string, { signal }: TransferOptions = {}): AsyncGenerator<StoredObject> {
    const directory = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const what = `cannot list ${this.location}`;
    const words = ['lsjson', '-R', '--files-only', '--no-modtime', '--no-mimetype', this.#below(directory)];
    const text = await this.#rclone.ask({ words, signal, what }).catch((error: unknown) => {
      // rclone makes directories when something is put there; buckets have none.
      if (hasCode(error, 'NOT_FOUND')) return '[]';
      throw error;
    });
    yield* (JSON.parse(text) as Found[])
      .filter(({ Path }) => !Path.split('/').some((name) => name.startsWith('.')))
      .map(({ Path, Size }) => ({ key: directory + Path, size: Size }))
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async delete(key: string, { signal }: TransferOptions = {}): Promise<void> {
    const path = this.#pathOf(key);
    const what = `cannot delete ${key} from ${this.location}`;
    try {
      await this.#rclone.ask({ words: ['deletefile', path], signal, what });
    } catch (error) {
      if (hasCode(error, 'ABORTED') || (await this.#find(path, what, signal)) !== null) throw error;
    }
  }

  async sweep(prefix: string, { before, signal }: SweepOptions): Promise<number> {
    const directory = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const what = `cannot clean up in ${this.location}`;
    const words = ['lsjson', '-R', '--files-only', '--no-mimetype', '--include', PARTS, this.#below(directory)];
    const text = await this.#rclone.ask({ words, signal, what }).catch((error: unknown) => {
      if (hasCode(error, 'NOT_FOUND')) return '[]';
      throw error;
    });
    const parts = (JSON.parse(text) as (Found & { readonly ModTime: string })[])
      .map(({ Path, ModTime }) => ({ path: directory + Path, written: new Date(ModTime) }))
      .filter(({ path, written }) => isPartBelow(prefix, path) && written < before);
    for (const { path } of parts) await this.#rclone.ask({ words: ['deletefile', this.#below(path)], signal, what });
    return parts.length;
  }

  async #find(path: string, what: string, signal: AbortSignal | undefined): Promise<Found | null> {
    const words = ['lsjson', '--stat', '--no-modtime', '--no-mimetype', path];
    const text = await this.#rclone.ask({ words, signal, what }).catch((error: unknown) => {
      if (hasCode(error, 'NOT_FOUND')) return 'null';
      throw error;
    });
    const found = JSON.parse(text) as Found | null;
    return found?.IsDir === true ? null : found;
  }

  /** Removes what a killed put left behind long ago; not being able to is no failure of this one. */
  async #clearOldParts(directory: string): Promise<void> {
    if (this.#swept.has(directory)) return;
    this.#swept.add(directory);
    const words = ['delete', '--max-depth', '1', '--include', PARTS_HERE, '--min-age', PART_LIFETIME, directory];
    await this.#rclone.ask({ words, what: `cannot clean up in ${this.location}` }).catch(() => '');
  }

  #pathOf(key: string): string {
    if (key.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && !part.startsWith('.')))
      return this.#below(key);
    throw new ClawbackError('FAILED', `not a key: ${JSON.stringify(key)}`);
  }

  #below(path: string): string {
    return /[:/]$/.test(this.#base) ? this.#base + path : `${this.#base}/${path}`;
  }
}

/** A part tells only by its directory what it is part of. */
function isPartBelow(prefix: string, path: string): boolean {
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  return directory.startsWith(prefix) && isPartName(path.slice(directory.length));
}

function taken(key: string): ClawbackError {
  return new ClawbackError('EXISTS', `${key} is already there`);
}

/** Passes the bytes of an object on, which must be as many as expected. */
async function* counted(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  expected: number,
  key: string,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const piece of pieces) {
    received += piece.length;
    yield piece;
  }
  if (received !== expected) {
    throw new ClawbackError('UNAVAILABLE', `${key} ended after ${received} of ${expected} bytes`);
  }
}
