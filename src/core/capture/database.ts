import { existsSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

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

/** SQLite's companions of a database: what they hold is in the copy. */
export const COMPANION = /-(?:wal|shm|journal)$/;

export interface DatabaseCopy {
  readonly userVersion: number;
  readonly integrity: 'ok' | 'damaged';
  /** What is wrong with it, if something is. */
  readonly problem: string | null;
}

/** True if these are the first bytes of a SQLite database. */
export function isDatabase(head: Uint8Array): boolean {
  return MAGIC.equals(head.subarray(0, MAGIC.length));
}

/** The first bytes of a file; fewer if it is shorter. */
export async function headOf(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
  return buffer.subarray(0, bytesRead);
}

/**
 * Copies a database through SQLite's online backup, whoever writes to it meanwhile, and checks the copy.
 *
 * @throws SQLite's error if it cannot be opened or copied; then no copy is left.
 */
export async function copyDatabase(source: string, copy: string): Promise<DatabaseCopy> {
  try {
    const quiet = await isQuiet(source);
    const before = await stat(source);
    await copyOnce(source, copy, { quiet });
    const after = await stat(source);
    // Somebody opened it after all: the copy may be torn.
    if (quiet && (!(await isQuiet(source)) || after.mtimeMs !== before.mtimeMs))
      await copyOnce(source, copy, { quiet: false });
    return check(copy);
  } catch (error) {
    await rm(copy, { force: true });
    throw error;
  }
}

/**
 * True if no process has it open: a WAL database without a WAL file. Reading such a one in the ordinary way would leave an
 * empty WAL behind, and fails in a directory that cannot be written to.
 */
async function isQuiet(path: string): Promise<boolean> {
  const head = await headOf(path);
  return head[18] === WAL_VERSION && !existsSync(`${path}-wal`);
}

async function copyOnce(source: string, copy: string, { quiet }: { quiet: boolean }): Promise<void> {
  await rm(copy, { force: true });
  const database = quiet
    ? new DatabaseSync(immutable(source), { readOnly: true })
    : new DatabaseSync(source, { readOnly: true, timeout: PATIENCE_MS });
  try {
    await backup(database, copy, { rate: ALL_PAGES });
  } finally {
    database.close();
  }
}

function check(copy: string): DatabaseCopy {
  const database = new DatabaseSync(immutable(copy), { readOnly: true });
  try {
    const userVersion = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    const problems = integrityProblems(database);
    return problems.length === 0
      ? { userVersion, integrity: 'ok', problem: null }
      : { userVersion, integrity: 'damaged', problem: problems.join('; ') };
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

/** Opened so, SQLite reads the file alone: no locks, no companions. Only for a file that nobody writes. */
export function immutable(path: string): URL {
  const url = pathToFileURL(path);
  url.search = '?mode=ro&immutable=1';
  return url;
}
