import { readlinkSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { ClawbackError } from '../../ports/errors.ts';
import type { Root, Warning } from '../archive/manifest.ts';
import type { Captured, CapturedFile } from '../archive/pack.ts';
import type { Stamp } from '../stamp.ts';
import { leadsOut } from '../archive/link.ts';
import { databaseOf, type DatabaseCopy, headOf, isDatabase, readableAsItIs } from './database.ts';
import type { Diet } from './diet.ts';
import { type Change, FileReader, type ReadFile, type Room, type SmallFile } from './read-file.ts';
import { knownDatabases } from './known-databases.ts';
import { devicesOfOwnClock } from './own-clock.ts';
import { placeOf } from './place.ts';
import { type Copying, DatabaseCopies, isOwnDatabase } from './database-copies.ts';
import { companionsOf, ownership, stampOf } from './seen.ts';
import { Transcripts } from './transcripts.ts';
import { type Found, type FoundFile, type FoundOther, unreadable, Walk } from './walk.ts';

export interface CaptureSource {
  readonly roots: readonly Root[];
  /** Absolute paths of the configuration files, which are read before everything else. */
  readonly configFiles: readonly string[];
  readonly diet: Diet;
  /** When it was begun by this host's clock, in milliseconds since 1970. */
  readonly begunAt: number;
  /** False to copy even the databases that nobody has open. */
  readonly readsInPlace: boolean;
}

/** How far the walk has come. */
interface Walking {
  readonly found: Iterator<Found>;
  /** Companions of databases that come last. */
  readonly companions: FoundFile[];
  /** A file that has to be waited for before the walk goes on. */
  readonly awaited: FoundFile[];
  files: number;
}

export interface CaptureOptions {
  /** Private directory for database copies. */
  readonly stage: string;
  readonly signal: AbortSignal;
  /** Told the bytes of each file when it has been read. */
  readonly onBytes: (bytes: number) => void;
  /** Gives memory for the next piece of a large file, at least a byte. */
  readonly room?: Room;
  /** Whether a file or database is what an earlier snapshot has, so that it need not be read. */
  readonly isUntouched?:
    ((path: string, stamp: Stamp, companions: () => readonly (Stamp | null)[]) => boolean) | undefined;
}

/**
 * Reads an installation while it runs, in the order in which OpenClaw's files refer to each other: the configuration, the
 * control database, the agents' databases, then all other files, among them transcripts that the databases point to and
 * that never change once written. What is in those databases is settled before the other files are looked at; they are copied
 * meanwhile, and come last.
 *
 * A file that vanishes or changes meanwhile is a warning, never a failure. A database that cannot be copied is captured
 * byte for byte with its companions, with a warning of damage. What was read of one that nobody had open counts if `copies` confirms it.
 */
export class Capture {
  readonly warnings: Warning[] = [];
  /** Of databases, for counting what is in them. */
  readonly copies: DatabaseCopies;
  readonly transcripts = new Transcripts();
  readonly #source: CaptureSource;
  readonly #options: CaptureOptions;
  readonly #done = new Set<string>();
  /** Databases captured as they are: their companions are captured as well. */
  readonly #raw = new Set<string>();
  readonly #reader: FileReader;
  /** Databases that other files depend on, in the order of capture; by their path. */
  readonly #known = new Map<string, { readonly found: FoundFile; readonly copying: Copying | null }>();
  readonly #walk: Walk;
  readonly #settled = Promise.withResolvers<undefined>();

  constructor(source: CaptureSource, options: CaptureOptions) {
    this.#source = source;
    this.#options = options;
    const atRest = { since: source.begunAt, devices: devicesOfOwnClock(source.roots) };
    this.copies = new DatabaseCopies(options.stage, source.readsInPlace ? atRest : null);
    this.#reader = new FileReader({ room: options.room, atRest });
    this.#walk = new Walk(source.roots, source.diet, { looksAtFiles: options.isUntouched !== undefined });
  }

  /** What was left out; complete once `entries` has ended. */
  get excluded(): Walk['excluded'] {
    return this.#walk.excluded;
  }

  /**
   * Resolves when everything but the databases that come last has been captured, and of those it is known whether they are whole: then
   * all can be counted, while they are streamed.
   */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Every captured path; a file's content must be read before the next is asked for. @throws ClawbackError `STATE` if there is none. */
  async *entries(): AsyncGenerator<Iterable<Captured>> {
    for (const path of this.#source.configFiles) yield* this.#configFile(path);
    for (const path of await knownDatabases(this.#source.roots)) await this.#settle(path);
    const walking: Walking = { found: this.#walk.found(), companions: [], awaited: [], files: 0 };
    for (;;) {
      yield this.#atOnce(walking);
      const found = walking.awaited.pop();
      if (found === undefined) break;
      yield* this.#reading(found);
    }
    void this.#countable();
    for (const { found, copying } of this.#known.values()) yield* this.#reading(found, copying);
    for (const companion of walking.companions) if (this.#isNeeded(companion)) yield* this.#reading(companion);
    this.warnings.push(...this.#walk.warnings);
    if (walking.files + this.#done.size + this.#known.size === 0) {
      throw new ClawbackError('STATE', 'there is nothing to back up: not one file could be captured', {
        hint: 'check stateDir and exclude in the config, and the permissions of the state directory',
      });
    }
  }

  async #countable(): Promise<void> {
    await Promise.allSettled([...this.#known.values()].flatMap(({ copying }) => copying?.checked ?? []));
    this.copies.close();
    this.#settled.resolve(undefined);
  }

  /** Goes on with the walk, up to a file that has to be waited for. */
  *#atOnce(walking: Walking): Generator<Captured> {
    for (let next = walking.found.next(); next.done !== true; next = walking.found.next()) {
      const found = next.value;
      this.#options.signal.throwIfAborted();
      if (this.#done.has(found.path) || this.#known.has(found.path)) continue;
      if (found.type === 'file') {
        walking.files++;
        if (this.#known.has(databaseOf(found.path))) walking.companions.push(found);
        else if (this.#isNeeded(found)) {
          const small = this.#small(found);
          if (small === null) {
            walking.awaited.push(found);
            return;
          }
          yield small;
        }
      } else if (found.type === 'directory') yield { ...ownership(found.stats), type: 'directory', path: found.path };
      else yield* this.#symlink(found);
    }
  }

  async *#configFile(source: string): AsyncGenerator<Iterable<Captured>> {
    const found = await this.#find(source);
    if (found === null) return;
    this.#done.add(found.path);
    if (this.#isNeeded(found)) yield* this.#reading(found);
  }

  /** From here on, what is written to this database is not captured. */
  async #settle(source: string): Promise<void> {
    const found = await this.#find(source);
    if (found === null || this.#known.has(found.path) || this.#passOver(found)) return;
    let copying: Copying | null = null;
    try {
      if (isDatabase(headOf(source))) copying = this.copies.settle(found);
    } catch {
      // Whoever reads it later will say why it cannot be read.
    }
    this.#known.set(found.path, { found, copying });
  }

  /** A file that is read before the walk; null if it is not to be captured, or has been. */
  async #find(source: string): Promise<FoundFile | null> {
    const place = await placeOf(source, this.#source.roots);
    const stats = await lstat(source).catch(() => null);
    if (place === null || stats?.isFile() !== true || this.#done.has(place.path)) return null;
    if (this.#source.diet.leftOut({ ...place, type: 'file' }, source) !== null) return null;
    return { type: 'file', source, path: place.path, stats };
  }

  /** False for a file of which nothing is to be read. */
  #isNeeded(found: FoundFile): boolean {
    return !this.#isInCopy(found) && !this.#passOver(found);
  }

  /** A file that can be read at once and is no database, as most are; null for any other. */
  #small(found: FoundFile): CapturedFile | null {
    let read: SmallFile | null;
    try {
      read = this.#reader.readSmall(found.source, found.stats);
    } catch {
      return null;
    }
    if (read === null || isDatabase(read.content)) return null;
    if (!read.steady) this.#noteChange(found, 'changed');
    this.#options.onBytes(read.size);
    return this.#read(found, this.transcripts.watch(found.path, read));
  }

  async *#reading(found: FoundFile, copying: Copying | null = null): AsyncGenerator<Iterable<Captured>> {
    let file: CapturedFile;
    try {
      if (copying !== null || isDatabase(headOf(found.source))) {
        file = await this.#database(found, copying ?? this.copies.begin(found));
      } else file = this.#bytes(found);
    } catch (error) {
      if (error instanceof ClawbackError || this.#options.signal.aborted) throw error;
      this.warnings.push(unreadable(found.path, error));
      return;
    }
    yield [file];
    this.#options.onBytes(file.size);
    const copy = file.source?.copy;
    // OpenClaw's own are asked again when everything is counted.
    if (copy !== undefined && !isOwnDatabase(found.path)) await this.copies.drop(copy);
  }

  /** True for a file that need not be read. */
  #passOver({ path, source, stats }: FoundFile): boolean {
    if (stats === null) return false;
    if (this.#options.isUntouched?.(path, stampOf(stats), () => companionsOf(source)) !== true) return false;
    this.#done.add(path);
    // As good as a copy for counting what is in it.
    if (isOwnDatabase(path)) this.copies.keep(source, readableAsItIs(source));
    this.#options.onBytes(stats.size);
    return true;
  }

  /** Left out without a word: what it holds is in the copy of the database beside it. */
  #isInCopy({ path }: FoundFile): boolean {
    const database = databaseOf(path);
    return database !== path && !this.#raw.has(database) && this.#done.has(database);
  }

  async #database(found: FoundFile, { stats, companions, copy, checked }: Copying): Promise<CapturedFile> {
    const { path } = found;
    let made: DatabaseCopy;
    try {
      made = await checked;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // A browser keeps the databases of its profile locked for as long as it runs, and mends them when it starts.
      const isInUse = !isOwnDatabase(path) && message.includes('locked');
      return this.#asItIs(found, isInUse ? { message: 'is in use by another program', severity: 'note' } : { message });
    }
    if (made.problem !== null) return this.#asItIs(found, { message: made.problem });
    this.#done.add(path);
    const again = (): ReadFile => this.#reader.read(copy, () => undefined);
    const { size, content } = again();
    const { userVersion, integrity, pageBytes } = made;
    const source = { stamp: stampOf(stats), companions, pageBytes, again, copy };
    return { ...ownership(stats), type: 'file', path, size, content, sqlite: { userVersion, integrity }, source };
  }

  /** Byte for byte, with its companions. */
  #asItIs(
    found: FoundFile,
    { message, severity = 'damage' }: { readonly message: string; readonly severity?: Warning['severity'] },
  ): CapturedFile {
    this.#raw.add(found.path);
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

  #bytes(found: FoundFile): CapturedFile {
    const onChange = (change: Change): void => {
      this.#noteChange(found, change);
    };
    const again = (): ReadFile => this.transcripts.watch(found.path, this.#reader.read(found.source, onChange));
    return this.#read(found, again(), again);
  }

  #read({ path }: FoundFile, { stats, size, content }: ReadFile, again?: () => ReadFile): CapturedFile {
    const { mode, uid, gid, mtime } = ownership(stats);
    return { mode, uid, gid, mtime, type: 'file', path, size, content, source: { stamp: stampOf(stats), again } };
  }

  #noteChange({ path }: FoundFile, change: Change): void {
    this.warnings.push(
      change === 'shrank'
        ? { path, message: 'became shorter while it was read; ends in zeros', severity: 'damage' }
        : { path, message: 'changed while it was read', severity: 'note' },
    );
  }

  *#symlink(found: FoundOther): Generator<Captured> {
    try {
      const target = readlinkSync(found.source);
      const outside = leadsOut(found.path, target);
      yield { ...ownership(found.stats), type: 'symlink', path: found.path, target, outside };
    } catch (error) {
      this.warnings.push(unreadable(found.path, error));
    }
  }
}
