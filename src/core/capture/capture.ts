import { readlinkSync, type Stats, statSync } from 'node:fs';
import { lstat, readdir, realpath, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import { type Root, type Warning } from '../archive/manifest.ts';
import { type Captured, type CapturedFile } from '../archive/pack.ts';
import { type Stamp } from '../stamp.ts';
import { leadsOut } from '../archive/link.ts';
import { COMPANION, copyDatabase, type DatabaseCopy, headOf, isDatabase, readableAsItIs } from './database.ts';
import { type Diet } from './diet.ts';
import { AT_ONCE_BYTES, type Change, FileReader, type ReadFile } from './read-file.ts';
import { type Found, unreadable, walk, type Walked } from './walk.ts';

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

/**
 * Reads an installation while it runs, in the order in which OpenClaw's files refer to each other: the configuration, the
 * control database, the agents' databases, then all other files, among them transcripts that the databases point to and
 * that never change once written.
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
  #walked: Walked | null = null;

  constructor(source: CaptureSource, options: CaptureOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** What was left out; complete once `entries` has ended. */
  get excluded(): Walked['excluded'] {
    return this.#walked?.excluded ?? [];
  }

  /** A consistent copy of the database at this absolute path, or null if there is none. */
  copyOf(path: string): string | null {
    return this.#copies.get(path) ?? null;
  }

  /** Every captured path; a file's content must be read before the next is asked for. @throws ClawbackError `STATE` if there is no file at all. */
  async *entries(): AsyncGenerator<Captured> {
    for (const path of this.#source.configFiles) yield* this.#early(path);
    for (const path of await this.#knownDatabases()) yield* this.#early(path);
    this.#walked = walk(this.#source.roots, this.#source.diet);
    this.warnings.push(...this.#walked.warnings);
    let files = this.#done.size;
    for (const found of this.#walked.found) {
      this.#options.signal.throwIfAborted();
      if (this.#done.has(found.path)) continue;
      if (found.type === 'file') {
        files++;
        yield* this.#file(found);
      } else if (found.type === 'directory') yield { ...ownership(found.stats), type: 'directory', path: found.path };
      else yield* this.#symlink(found);
    }
    if (files === 0) {
      throw new ClawbackError('STATE', 'there is nothing to back up: not one file could be captured', {
        hint: 'check stateDir and exclude in the config, and the permissions of the state directory',
      });
    }
  }

  /** The databases that other files depend on, where OpenClaw keeps them. */
  async #knownDatabases(): Promise<string[]> {
    const [state] = this.#source.roots;
    const agentRoots = this.#source.roots.filter(({ kind }) => kind === 'agent').map(({ path }) => path);
    const agents = state === undefined ? [] : await namesIn(join(state.path, 'agents'));
    const directories = [
      ...(state === undefined
        ? []
        : [join(state.path, 'state'), ...agents.map((id) => join(state.path, 'agents', id, 'agent'))]),
      ...agentRoots,
    ];
    const found: string[] = [];
    for (const directory of directories) {
      for (const name of await namesIn(directory)) if (name.endsWith('.sqlite')) found.push(join(directory, name));
    }
    return found;
  }

  /** Captures one file before the walk; the walk then passes over it. */
  async *#early(source: string): AsyncGenerator<Captured> {
    const place = await this.#placeOf(source);
    const stats = await lstat(source).catch(() => null);
    if (place === null || stats?.isFile() !== true || this.#done.has(place.path)) return;
    if (this.#source.diet.leftOut({ ...place, type: 'file' }, source) !== null) return;
    this.#done.add(place.path);
    yield* this.#file({ type: 'file', source, path: place.path, stats });
  }

  async #placeOf(source: string): Promise<{ root: Root; relative: string; path: string } | null> {
    for (const root of this.#source.roots) {
      const below = relative(
        await realpath(root.path).catch(() => root.path),
        await realpath(source).catch(() => source),
      );
      if (below === '') return { root, relative: '', path: root.name };
      if (!below.startsWith('..')) return { root, relative: below, path: `${root.name}/${below}` };
    }
    return null;
  }

  async *#file(found: Found): AsyncGenerator<Captured> {
    try {
      if (this.#isCompanion(found)) return;
      if (this.#isUntouched(found)) {
        this.#done.add(found.path);
        // As good as a copy for counting what is in it.
        if (OWN_DATABASES.test(found.path)) this.#copies.set(found.source, readableAsItIs(found.source));
        this.#options.onBytes(found.stats.size);
        return;
      }
      const changes: Change[] = [];
      const small =
        found.stats.size > AT_ONCE_BYTES
          ? null
          : this.#reader.readSmall(found.source, (change) => changes.push(change));
      if (isDatabase(small === null ? headOf(found.source) : small.content)) yield* this.#database(found);
      else if (small === null) yield this.#bytes(found);
      else {
        for (const change of changes) this.#noteChange(found, change);
        yield this.#read(found, small);
      }
    } catch (error) {
      if (error instanceof ClawbackError || this.#options.signal.aborted) throw error;
      this.warnings.push(unreadable(found.path, error));
    }
    this.#options.onBytes(found.stats.size);
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

  async *#database(found: Found): AsyncGenerator<Captured> {
    const copy = join(this.#options.stage, `${this.#copied++}.sqlite`);
    // Looked at before it is copied: what is written meanwhile must be a change to whoever looks again.
    const companions = companionsOf(found.source);
    const isOwn = OWN_DATABASES.test(found.path);
    let made: DatabaseCopy;
    try {
      made = await copyDatabase(found.source, copy, isOwn ? {} : { patience: OTHERS_PATIENCE_MS });
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

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(() => [])).sort();
}
