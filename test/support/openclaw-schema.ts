import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Databases with the tables that Clawback reads or writes, as OpenClaw itself creates them: `schema/*.sql` were dumped
 * from databases of a real 2026.9.6 and a real 2026.6.11, with all indexes and triggers.
 */
const VERSIONS = { state: 18, agent: 23, quarantine: 2, 'state-2026.6': 1 } as const;

/** Creates an empty database of this kind in WAL mode, and the directories that it needs; the caller closes it. */
export function createDatabase(path: string, kind: keyof typeof VERSIONS): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(readFileSync(join(import.meta.dirname, 'schema', `${kind}.sql`), 'utf8'));
  database.exec(`PRAGMA user_version = ${VERSIONS[kind]}`);
  return database;
}

/** Adds one row; columns that are required and not given are filled with 0 or an empty text. */
export function addRow(
  database: DatabaseSync,
  table: string,
  row: Readonly<Record<string, string | number | null>>,
): void {
  const required = database
    .prepare(`SELECT name, type FROM pragma_table_info(?) WHERE "notnull" = 1 AND dflt_value IS NULL`)
    .all(table)
    .map(({ name, type }): [string, string | number] => [String(name), type === 'INTEGER' ? 0 : '']);
  const values = { ...Object.fromEntries(required), ...row };
  const names = Object.keys(values);
  const places = names.map(() => '?').join(', ');
  database.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`).run(...Object.values(values));
}
