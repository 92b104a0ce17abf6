import { createHash, type Hash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ClawbackError, systemCode } from '../ports/errors.ts';
import type { Body } from '../ports/storage.ts';
import { newestFirst, parseKey, snapshotId, snapshotKey, type StoredSnapshot } from './snapshot-id.ts';
import { SyncedFile } from './synced-file.ts';

const PART = '.part';
/** Four days of hourly backups. */
const MOST_WAITING = 100;

export interface Spooled {
  readonly snapshot: StoredSnapshot;
  readonly digest: string;
}

export interface SpoolOptions {
  /** ISO 8601, UTC, whole seconds. */
  readonly createdAt: string;
  /** Digest of the base of a differential one; asked for when all of it is written. */
  readonly base?: () => string | null;
  readonly signal: AbortSignal;
}

/**
 * Sealed snapshots of one instance that wait to be delivered: ciphertext in a private directory. Used only under the
 * instance's lock.
 */
export class Spool {
  readonly #directory: string;
  readonly #instance: string;

  private constructor(directory: string, instance: string) {
    this.#directory = directory;
    this.#instance = instance;
  }

  /** Opens the spool, and removes what a killed run was still writing. */
  static async open(workDir: string, instance: string): Promise<Spool> {
    const directory = join(workDir, 'spool', instance);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) if (name.endsWith(PART)) await rm(join(directory, name));
    return new Spool(directory, instance);
  }

  /**
   * Writes and syncs a sealed stream; it gets its name, which holds its digest, when it is whole.
   *
   * @throws ClawbackError `NO_SPACE`; whatever fails, nothing is left.
   */
  async add(sealed: AsyncIterable<Buffer>, { createdAt, base, signal }: SpoolOptions): Promise<Spooled> {
    const hash = createHash('sha256');
    const part = join(this.#directory, `${crypto.randomUUID()}${PART}`);
    try {
      const bytes = await writeSynced(part, sealed, { hash, signal });
      const digest = hash.digest('hex');
      const key = snapshotKey(this.#instance, snapshotId(createdAt, digest), base?.()?.slice(0, 16));
      await rename(part, this.#pathOf(key));
      const snapshot = parseKey(key, bytes);
      if (snapshot === null) throw new ClawbackError('FAILED', `${key} is no key of a snapshot`);
      return { snapshot, digest };
    } catch (error) {
      await rm(part, { force: true });
      if (systemCode(error) !== 'ENOSPC') throw error;
      throw new ClawbackError('NO_SPACE', `no space left for the sealed snapshot in ${this.#directory}`, {
        cause: error,
        hint: 'free some space, or set XDG_STATE_HOME to a larger disk',
      });
    }
  }

  /** What waits, newest first. */
  async waiting(): Promise<StoredSnapshot[]> {
    const found: StoredSnapshot[] = [];
    for (const name of await readdir(this.#directory)) {
      const { size } = await stat(join(this.#directory, name));
      const snapshot = parseKey(`${this.#instance}/${name}`, size);
      if (snapshot !== null) found.push(snapshot);
    }
    return newestFirst(found);
  }

  async body({ key }: StoredSnapshot): Promise<Body> {
    const file = this.#pathOf(key);
    return Object.assign(await openAsBlob(file), { file });
  }

  async remove({ key }: StoredSnapshot): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  /**
   * Lets go of the oldest, so that a spool that nobody empties does not fill the disk: what stays is at most 100 snapshots, and
   * at most half of what would be free without them. The newest stays, whatever it takes, and what it is restored with.
   *
   * @returns what was let go.
   */
  async limit(): Promise<StoredSnapshot[]> {
    const waiting = await this.waiting();
    const { bavail, bsize } = await statfs(this.#directory);
    const spooled = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    let room = (bavail * bsize + spooled) / 2;
    const dropped: StoredSnapshot[] = [];
    const [newest] = waiting;
    for (const [age, snapshot] of waiting.entries()) {
      room -= snapshot.bytes;
      if (snapshot === newest || snapshot.digest16 === newest?.base || (age < MOST_WAITING && room >= 0)) continue;
      await this.remove(snapshot);
      dropped.push(snapshot);
    }
    return dropped;
  }

  #pathOf(key: string): string {
    return join(this.#directory, basename(key));
  }
}

async function writeSynced(
  path: string,
  stream: AsyncIterable<Buffer>,
  { hash, signal }: { readonly hash: Hash; readonly signal: AbortSignal },
): Promise<number> {
  await using file = await SyncedFile.create(path);
  for await (const piece of stream) {
    signal.throwIfAborted();
    hash.update(piece);
    await file.write(piece);
  }
  return await file.end();
}
