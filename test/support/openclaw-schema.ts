import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

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

const EMPTY: Readonly<Record<string, SQLInputValue>> = { INTEGER: 0, BLOB: new Uint8Array() };

/** Adds one row; columns that are required and not given are filled with nothing of their type. */
export function addRow(database: DatabaseSync, table: string, row: Readonly<Record<string, SQLInputValue>>): void {
  const required = database
    .prepare(`SELECT name, type FROM pragma_table_info(?) WHERE "notnull" = 1 AND dflt_value IS NULL`)
    .all(table)
    .map(({ name, type }): [string, SQLInputValue] => [String(name), EMPTY[String(type)] ?? '']);
  const values = { ...Object.fromEntries(required), ...row };
  const names = Object.keys(values);
  const places = names.map(() => '?').join(', ');
  database.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`).run(...Object.values(values));
}
