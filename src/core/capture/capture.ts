import { readlinkSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { ClawbackError } from '../../ports/errors.ts';
import type { Root, Warning } from '../archive/manifest.ts';
import type { Captured, CapturedFile } from '../archive/pack.ts';
import type { Stamp } from '../stamp.ts';
import { leadsOut } from '../archive/link.ts';
import {
  checkCopy,
  type CopyOptions,
  databaseOf,
  type DatabaseCopy,
  headOf,
  isDatabase,
  readableAsItIs,
} from './database.ts';
import type { Diet } from './diet.ts';
import { type Change, FileReader, type ReadFile } from './read-file.ts';
import type { SpareTime } from './spare-time.ts';
import { knownDatabases } from './known-databases.ts';
import { placeOf } from './place.ts';
import { type Copying, DatabaseCopies } from './database-copies.ts';
import { companionsOf, ownership, stampOf } from './seen.ts';
import { Transcripts } from './transcripts.ts';
import { type FoundFile, type FoundOther, unreadable, Walk } from './walk.ts';

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

/** A copy of a database, and what it turned out to be. */
interface Making extends Copying {
  /** Looks it through, unless that has been done; throws what SQLite does. */
  readonly checked: Promise<() => DatabaseCopy>;
}

export interface CaptureOptions {
  /** Private directory for database copies. */
  readonly stage: string;
  readonly signal: AbortSignal;
  /** Told the bytes of each file when it has been read. */
  readonly onBytes: (bytes: number) => void;
  /** Copies of databases are looked through in it. */
  readonly spare: SpareTime;
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
 * byte for byte with its companions, with a warning of damage.
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
  readonly #reader = new FileReader();
  /** Databases that other files depend on, in the order of capture; by their path. */
  readonly #known = new Map<string, { readonly found: FoundFile; readonly making: Making | null }>();
  readonly #walk: Walk;

  constructor(source: CaptureSource, options: CaptureOptions) {
    this.#source = source;
    this.#options = options;
    this.copies = new DatabaseCopies(options.stage);
    this.#walk = new Walk(source.roots, source.diet, { looksAtFiles: options.isUntouched !== undefined });
  }

  /** What was left out; complete once `entries` has ended. */
  get excluded(): Walk['excluded'] {
    return this.#walk.excluded;
  }

  /** Every captured path; a file's content must be read before the next is asked for. @throws ClawbackError `STATE` if there is none. */
  async *entries(): AsyncGenerator<Captured> {
    for (const path of this.#source.configFiles) yield* this.#configFile(path);
    for (const path of await knownDatabases(this.#source.roots)) await this.#settle(path);
    let files = this.#done.size + this.#known.size;
    const companions: FoundFile[] = [];
    for (const found of this.#walk.found()) {
      this.#options.signal.throwIfAborted();
      if (this.#done.has(found.path) || this.#known.has(found.path)) continue;
      if (found.type === 'file') {
        files++;
        const database = databaseOf(found.path);
        if (database !== found.path && this.#known.has(database)) companions.push(found);
        else if (this.#isNeeded(found)) {
          const small = this.#small(found);
          if (small === null) yield* this.#reading(found);
          else yield small;
        }
      } else if (found.type === 'directory') yield { ...ownership(found.stats), type: 'directory', path: found.path };
      else yield* this.#symlink(found);
    }
    for (const { found, making } of this.#known.values()) yield* this.#reading(found, making);
    for (const companion of companions) if (this.#isNeeded(companion)) yield* this.#reading(companion);
    this.copies.close();
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
    if (this.#isNeeded(found)) yield* this.#reading(found);
  }

  /** From here on, what is written to this database is not captured. */
  async #settle(source: string): Promise<void> {
    const found = await this.#find(source);
    if (found === null || this.#known.has(found.path) || this.#passOver(found)) return;
    let making: Making | null = null;
    try {
      if (isDatabase(headOf(source))) making = this.#making(found);
    } catch {
      // Whoever reads it later will say why it cannot be read.
    }
    this.#known.set(found.path, { found, making });
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
    const changes: Change[] = [];
    let read: (ReadFile & { readonly content: Buffer }) | null;
    try {
      read = this.#reader.readSmall(found.source, (change) => changes.push(change), found.stats);
    } catch {
      return null;
    }
    if (read === null || isDatabase(read.content)) return null;
    for (const change of changes) this.#noteChange(found, change);
    this.#options.onBytes(read.size);
    return this.#read(found, this.transcripts.watch(found.path, read));
  }

  async *#reading(found: FoundFile, making: Making | null = null): AsyncGenerator<Captured> {
    let file: CapturedFile;
    try {
      if (making !== null || isDatabase(headOf(found.source))) {
        file = await this.#database(found, making ?? this.#making(found));
      } else file = this.#bytes(found);
    } catch (error) {
      if (error instanceof ClawbackError || this.#options.signal.aborted) throw error;
      this.warnings.push(unreadable(found.path, error));
      return;
    }
    yield file;
    this.#options.onBytes(file.size);
    const copy = file.source?.copy;
    // OpenClaw's own are asked again when everything is counted.
    if (copy !== undefined && !OWN_DATABASES.test(found.path)) await rm(copy, { force: true });
  }

  /** True for a file that need not be read. */
  #passOver({ path, source, stats }: FoundFile): boolean {
    if (stats === null) return false;
    if (this.#options.isUntouched?.(path, stampOf(stats), () => companionsOf(source)) !== true) return false;
    this.#done.add(path);
    // As good as a copy for counting what is in it.
    if (OWN_DATABASES.test(path)) this.copies.keep(source, readableAsItIs(source));
    this.#options.onBytes(stats.size);
    return true;
  }

  /** Left out without a word: what it holds is in the copy of the database beside it. */
  #isInCopy({ path }: FoundFile): boolean {
    const database = databaseOf(path);
    return database !== path && !this.#raw.has(database) && this.#done.has(database);
  }

  /** Begins to copy a database; the copy is looked through when there is time for it, or when its turn comes. */
  #making(found: FoundFile): Making {
    const copying = this.copies.begin(found, patienceFor(found));
    const checked = copying.ended.then(() =>
      this.#options.spare.later(() => {
        const made = checkCopy(copying.copy);
        if (made.problem === null && OWN_DATABASES.test(found.path)) this.copies.keep(found.source, copying.copy);
        return made;
      }),
    );
    // Whoever waits for it hears of a failure.
    checked.catch(() => undefined);
    return { ...copying, checked };
  }

  async #database(found: FoundFile, { stats, companions, copy, checked }: Making): Promise<CapturedFile> {
    const { path } = found;
    let made: DatabaseCopy;
    try {
      made = (await checked)();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // A browser keeps the databases of its profile locked for as long as it runs, and mends them when it starts.
      const isInUse = !OWN_DATABASES.test(path) && message.includes('locked');
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
    return { ...ownership(stats), type: 'file', path, size, content, source: { stamp: stampOf(stats), again } };
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

function patienceFor({ path }: FoundFile): CopyOptions {
  return OWN_DATABASES.test(path) ? {} : { patience: OTHERS_PATIENCE_MS };
}
