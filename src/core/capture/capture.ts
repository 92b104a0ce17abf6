import { readlinkSync, type Stats, statSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import { type Root, type Warning } from '../archive/manifest.ts';
import { type Captured, type CapturedFile } from '../archive/pack.ts';
import { type Stamp } from '../stamp.ts';
import { leadsOut } from '../archive/link.ts';
import {
  checkCopy,
  COMPANION,
  copyDatabase,
  type DatabaseCopy,
  headOf,
  isDatabase,
  readableAsItIs,
} from './database.ts';
import { type Diet } from './diet.ts';
import { AT_ONCE_BYTES, type Change, FileReader, type ReadFile } from './read-file.ts';
import { knownDatabases } from './known-databases.ts';
import { placeOf } from './place.ts';
import { type Found, unreadable, Walk } from './walk.ts';

/** OpenClaw's own databases, without which nothing is restored; the rest belongs to browsers, plugins and people. */
const OWN_DATABASES = /^(?:state\/(?:state|agents)\/|agent-\d+\/)/;

/** How long to wait for a lock on a database that is not OpenClaw's, in milliseconds: there may be dozens. */
const OTHERS_PATIENCE_MS = 500;

export interface CaptureSource {
  readonly roots: readonly Root[];
  /** Absolute paths of the configuration files, which are read before everything else. */
  readonly configFiles: readonly string[];
  readonly diet: Diet;
}

export interface CaptureOptions {
  /** Private directory for database copies. */
  readonly stage: string;
  readonly signal: AbortSignal;
  /** Told the bytes of each file when it has been read. */
  readonly onBytes: (bytes: number) => void;
  /** Whether a file or database is what an earlier snapshot has, so that it need not be read. */
  readonly isUntouched?:
    ((path: string, stamp: Stamp, companions: () => readonly (Stamp | null)[]) => boolean) | undefined;
}

/** A database that is being copied. */
interface Copying {
  readonly copy: string;
  /** Stamps of its companions when that began. */
  readonly companions: readonly (Stamp | null)[];
  readonly ended: Promise<void>;
}

/**
 * Reads an installation while it runs, in the order in which OpenClaw's files refer to each other: the configuration, the
 * control database, the agents' databases, then all other files, among them transcripts that the databases point to and
 * that never change once written. What is in those databases is settled before the other files are looked at; they are copied
 * meanwhile, and come last.
 *
 * A file that vanishes or changes meanwhile is a warning, never a failure. A database that cannot be copied is captured
 * byte for byte with its companions, with a warning of damage.
 */
export class Capture {
  readonly warnings: Warning[] = [];
  readonly #source: CaptureSource;
  readonly #options: CaptureOptions;
  /** Consistent copies of databases by their absolute source path, for counting what is in them. */
  readonly #copies = new Map<string, string>();
  #copied = 0;
  readonly #done = new Set<string>();
  /** Databases captured as they are: their companions are captured as well. */
  readonly #raw = new Set<string>();
  readonly #reader = new FileReader();
  /** Databases that other files depend on, in the order of capture; by their path. */
  readonly #known = new Map<string, { readonly found: Found; readonly copying: Copying | null }>();
  readonly #walk: Walk;

  constructor(source: CaptureSource, options: CaptureOptions) {
    this.#source = source;
    this.#options = options;
    this.#walk = new Walk(source.roots, source.diet);
  }

  /** What was left out; complete once `entries` has ended. */
  get excluded(): Walk['excluded'] {
    return this.#walk.excluded;
  }

  /** A consistent copy of the database at this absolute path, or null if there is none. */
  copyOf(path: string): string | null {
    return this.#copies.get(path) ?? null;
  }

  /** Every captured path; a file's content must be read before the next is asked for. @throws ClawbackError `STATE` if there is no file at all. */
  async *entries(): AsyncGenerator<Captured> {
    for (const path of this.#source.configFiles) yield* this.#configFile(path);
    for (const path of await knownDatabases(this.#source.roots)) await this.#settle(path);
    let files = this.#done.size + this.#known.size;
    const companions: Found[] = [];
    for (const found of this.#walk.found()) {
      this.#options.signal.throwIfAborted();
      if (this.#done.has(found.path) || this.#known.has(found.path)) continue;
      if (found.type === 'file') {
        files++;
        if (this.#known.has(found.path.replace(COMPANION, ''))) companions.push(found);
        else yield* this.#file(found);
      } else if (found.type === 'directory') yield { ...ownership(found.stats), type: 'directory', path: found.path };
      else yield* this.#symlink(found);
    }
    for (const { found, copying } of this.#known.values()) yield* this.#reading(found, copying);
    for (const companion of companions) yield* this.#file(companion);
    this.warnings.push(...this.#walk.warnings);
    if (files === 0) {
      throw new ClawbackError('STATE', 'there is nothing to back up: not one file could be captured', {
        hint: 'check stateDir and exclude in the config, and the permissions of the state directory',
      });
    }
  }

  async *#configFile(source: string): AsyncGenerator<Captured> {
    const found = await this.#find(source);
    if (found === null) return;
    this.#done.add(found.path);
    yield* this.#file(found);
  }

  /** From here on, what is written to this database is not captured. */
  async #settle(source: string): Promise<void> {
    const found = await this.#find(source);
    if (found === null || this.#known.has(found.path) || this.#passOver(found)) return;
    let copying: Copying | null = null;
    try {
      if (isDatabase(headOf(source))) copying = this.#copy(found);
    } catch {
      // Whoever reads it later will say why it cannot be read.
    }
    this.#known.set(found.path, { found, copying });
  }

  /** A file that is read before the walk; null if it is not to be captured, or has been. */
  async #find(source: string): Promise<Found | null> {
    const place = await placeOf(source, this.#source.roots);
    const stats = await lstat(source).catch(() => null);
    if (place === null || stats?.isFile() !== true || this.#done.has(place.path)) return null;
    if (this.#source.diet.leftOut({ ...place, type: 'file' }, source) !== null) return null;
    return { type: 'file', source, path: place.path, stats };
  }

  async *#file(found: Found): AsyncGenerator<Captured> {
    if (!this.#isCompanion(found) && !this.#passOver(found)) yield* this.#reading(found, null);
  }

  async *#reading(found: Found, copying: Copying | null): AsyncGenerator<Captured> {
    try {
      yield* copying === null ? this.#content(found) : this.#database(found, copying);
    } catch (error) {
      if (error instanceof ClawbackError || this.#options.signal.aborted) throw error;
      this.warnings.push(unreadable(found.path, error));
    }
    this.#options.onBytes(found.stats.size);
  }

  async *#content(found: Found): AsyncGenerator<Captured> {
    const changes: Change[] = [];
    const { source, stats } = found;
    const small =
      stats.size > AT_ONCE_BYTES ? null : this.#reader.readSmall(source, (change) => changes.push(change), stats);
    if (isDatabase(small === null ? headOf(source) : small.content)) yield* this.#database(found, this.#copy(found));
    else if (small === null) yield this.#bytes(found);
    else {
      for (const change of changes) this.#noteChange(found, change);
      yield this.#read(found, small);
    }
  }

  /** True for a file that need not be read. */
  #passOver(found: Found): boolean {
    if (!this.#isUntouched(found)) return false;
    this.#done.add(found.path);
    // As good as a copy for counting what is in it.
    if (OWN_DATABASES.test(found.path)) this.#copies.set(found.source, readableAsItIs(found.source));
    this.#options.onBytes(found.stats.size);
    return true;
  }

  #isUntouched({ path, source, stats }: Found): boolean {
    return this.#options.isUntouched?.(path, stampOf(stats), () => companionsOf(source)) === true;
  }

  /** Left out without a word: what it holds is in the copy of the database beside it. */
  #isCompanion({ source, path }: Found): boolean {
    if (!COMPANION.test(source)) return false;
    const database = source.replace(COMPANION, '');
    return !this.#raw.has(database) && this.#done.has(path.replace(COMPANION, ''));
  }

  #copy({ source, path }: Found): Copying {
    const copy = join(this.#options.stage, `${this.#copied++}.sqlite`);
    // Looked at before it is copied: what is written meanwhile must be a change to whoever looks again.
    const companions = companionsOf(source);
    const ended = copyDatabase(source, copy, OWN_DATABASES.test(path) ? {} : { patience: OTHERS_PATIENCE_MS });
    // Whoever waits for it hears of a failure.
    ended.catch(() => undefined);
    return { copy, companions, ended };
  }

  async *#database(found: Found, { copy, companions, ended }: Copying): AsyncGenerator<Captured> {
    const isOwn = OWN_DATABASES.test(found.path);
    let made: DatabaseCopy;
    try {
      await ended;
      made = checkCopy(copy);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // A browser keeps the databases of its profile locked for as long as it runs, and mends them when it starts.
      const isInUse = !isOwn && message.includes('locked');
      yield this.#asItIs(found, isInUse ? { message: 'is in use by another program', severity: 'note' } : { message });
      return;
    }
    if (made.problem !== null) {
      yield this.#asItIs(found, { message: made.problem });
      return;
    }
    this.#done.add(found.path);
    if (isOwn) this.#copies.set(found.source, copy);
    const again = (): ReadFile => this.#reader.read(copy, () => undefined);
    const { size, content } = again();
    const { userVersion, integrity, pageBytes } = made;
    const sqlite = { userVersion, integrity };
    const source = { stamp: stampOf(found.stats), companions, pageBytes, again, copy };
    yield { ...ownership(found.stats), type: 'file', path: found.path, size, content, sqlite, source };
    // Its own are asked again when everything is counted.
    if (!isOwn) await rm(copy, { force: true });
  }

  /** Byte for byte, with its companions. */
  #asItIs(
    found: Found,
    { message, severity = 'damage' }: { readonly message: string; readonly severity?: Warning['severity'] },
  ): Captured {
    this.#raw.add(found.source);
    this.#done.add(found.path);
    this.warnings.push({
      path: found.path,
      message: `database cannot be copied, captured as it is: ${message}`,
      severity,
    });
    const { source: _source, ...file } = this.#bytes(found);
    // Its stamp alone would not tell whether it has changed.
    return file;
  }

  #bytes(found: Found): CapturedFile {
    const again = (): ReadFile =>
      this.#reader.read(found.source, (change) => {
        this.#noteChange(found, change);
      });
    return this.#read(found, again(), again);
  }

  #read({ path }: Found, { stats, size, content }: ReadFile, again?: () => ReadFile): CapturedFile {
    return { ...ownership(stats), type: 'file', path, size, content, source: { stamp: stampOf(stats), again } };
  }

  #noteChange({ path }: Found, change: Change): void {
    this.warnings.push(
      change === 'shrank'
        ? { path, message: 'became shorter while it was read; ends in zeros', severity: 'damage' }
        : { path, message: 'changed while it was read', severity: 'note' },
    );
  }

  *#symlink(found: Found): Generator<Captured> {
    try {
      const target = readlinkSync(found.source);
      const outside = leadsOut(found.path, target);
      yield { ...ownership(found.stats), type: 'symlink', path: found.path, target, outside };
    } catch (error) {
      this.warnings.push(unreadable(found.path, error));
    }
  }
}

function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): Stamp {
  return { size, mtimeMs, ctimeMs, ino };
}

/** Where a database has what is not in its own file yet. */
function companionsOf(source: string): (Stamp | null)[] {
  return ['-wal', '-journal'].map((ending) => {
    const stats = statSync(source + ending, { throwIfNoEntry: false });
    return stats === undefined ? null : stampOf(stats);
  });
}

function ownership({ mode, uid, gid, mtimeMs }: Stats): { mode: number; uid: number; gid: number; mtime: number } {
  return { mode: mode & 0o7777, uid, gid, mtime: Math.floor(mtimeMs) };
}
