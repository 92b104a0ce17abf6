import { closeSync, constants, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { READ_FLAGS } from './read-file.ts';

/** What every SQLite database begins with: that, not a name, tells one. */
const MAGIC = Buffer.from('SQLite format 3\0');

/** Bytes 18 and 19 of the header are 2 in WAL mode. */
const WAL_VERSION = 2;

/**
 * All pages in one step. With the default of 100 pages a step SQLite starts over at every write of another process, and
 * under load never ends.
 */
const ALL_PAGES = 2 ** 31 - 1;

/** How long to wait for a writer's lock, in milliseconds. */
const PATIENCE_MS = 10_000;

/** What the names of SQLite's companions of a database end in: what those hold is in the copy. */
const COMPANIONS = ['-wal', '-shm', '-journal'];

export interface CopyOptions {
  /** How long to wait for a writer's lock, in milliseconds. */
  readonly patience?: number;
}

/** What a copy turned out to be. */
export interface DatabaseCopy {
  readonly userVersion: number;
  /** Size of a page in bytes, by which it changes. */
  readonly pageBytes: number;
  readonly integrity: 'ok' | 'damaged';
  /** What is wrong with it, if something is. */
  readonly problem: string | null;
}

/** The database that a companion goes with; any other path as it is. */
export function databaseOf(path: string): string {
  const ending = COMPANIONS.find((companion) => path.endsWith(companion));
  return ending === undefined ? path : path.slice(0, -ending.length);
}

/** True if these are the first bytes of a SQLite database. */
export function isDatabase(head: Uint8Array): boolean {
  // Asked of every file, and nearly always answered by the first byte.
  return head[0] === MAGIC[0] && MAGIC.equals(head.subarray(0, MAGIC.length));
}

/** The first bytes of a file; fewer if it is shorter. */
export function headOf(path: string): Buffer {
  const descriptor = openSync(path, READ_FLAGS);
  try {
    const head = Buffer.alloc(20);
    return head.subarray(0, readSync(descriptor, head));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Copies a database: through SQLite's online backup, whoever writes to it meanwhile; as a file if nobody has it open. The copy
 * holds what the database held when this was called: nothing that is written while it is awaited.
 *
 * @throws SQLite's error if it cannot be opened or copied; then no copy is left.
 */
export async function copyDatabase(
  source: string,
  copy: string,
  { patience = PATIENCE_MS }: CopyOptions = {},
): Promise<void> {
  try {
    const quiet = isQuiet(source);
    const before = statSync(source);
    await copyOnce(source, copy, { quiet, patience });
    const after = statSync(source);
    // Somebody opened it after all: the copy may be torn. The next one is a moment younger.
    if (quiet && (!isQuiet(source) || after.mtimeMs !== before.mtimeMs))
      await copyOnce(source, copy, { quiet: false, patience });
  } catch (error) {
    rmSync(copy, { force: true });
    throw error;
  }
}

/**
 * True if no process has it open: a WAL database without a WAL file. Reading such a one in the ordinary way would leave an
 * empty WAL behind, and fails in a directory that cannot be written to.
 */
export function isQuiet(path: string): boolean {
  return headOf(path)[18] === WAL_VERSION && !existsSync(`${path}-wal`);
}

/** Synchronous until the copy is under way, so that it is clear what is in it. */
async function copyOnce(
  source: string,
  copy: string,
  { quiet, patience }: { quiet: boolean; patience: number },
): Promise<void> {
  rmSync(copy, { force: true });
  // Page by page it would take several times as long.
  if (quiet) return copyFile(source, copy, constants.COPYFILE_FICLONE);
  const database = new DatabaseSync(source, { readOnly: true, timeout: patience });
  try {
    // Takes the read lock, and says so if somebody never lets go of theirs; `backup` alone says "not an error".
    database.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    await backup(database, copy, { rate: ALL_PAGES });
  } finally {
    database.close();
  }
}

/** Looks a copy through, all of it. @throws SQLite's error if it cannot be opened. */
export function checkCopy(copy: string): DatabaseCopy {
  const database = new DatabaseSync(immutable(copy), { readOnly: true });
  try {
    const ask = (pragma: string): number => Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma] ?? 0);
    const about = { userVersion: ask('user_version'), pageBytes: ask('page_size') };
    const problems = hasVirtualTables(database) ? tableProblems(database) : integrityProblems(database);
    return problems.length === 0
      ? { ...about, integrity: 'ok', problem: null }
      : { ...about, integrity: 'damaged', problem: problems.join('; ') };
  } finally {
    database.close();
  }
}

/** What `PRAGMA integrity_check` finds, a few findings of many at most; empty if all is well. */
export function integrityProblems(database: DatabaseSync): string[] {
  try {
    const rows = database.prepare('PRAGMA integrity_check(3)').all();
    return rows.map((row) => String(row['integrity_check'])).filter((text) => text !== 'ok');
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * The same, table by table with the indexes of each. Of a virtual table the tables are looked at in which it keeps what it has, but
 * not whether they say the same: for a full-text index SQLite makes it anew, which takes longer than all else of a backup.
 */
function tableProblems(database: DatabaseSync): string[] {
  const all = `
    SELECT found.integrity_check AS problem FROM sqlite_schema AS listed, pragma_integrity_check(listed.name) AS found
    WHERE listed.type = 'table' AND listed.rootpage > 0 AND found.integrity_check <> 'ok' LIMIT 3`;
  try {
    return database
      .prepare(all)
      .all()
      .map(({ problem }) => String(problem));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Damage to the schema is told by whoever looks next. */
function hasVirtualTables(database: DatabaseSync): boolean {
  try {
    const found = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND rootpage = 0 LIMIT 1").get();
    return found !== undefined;
  } catch {
    return false;
  }
}

/** What to open to read a database that nobody is changing: in a way that leaves no empty WAL behind if nobody has it open. */
export function readableAsItIs(path: string): string {
  return isQuiet(path) ? immutable(path).href : path;
}

/** Opened so, SQLite reads the file alone: no locks, no companions. Only for a file that nobody writes. */
function immutable(path: string): URL {
  const url = pathToFileURL(path);
  url.search = '?mode=ro&immutable=1';
  return url;
}
