import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/**
 * Databases as OpenClaw itself creates them: `schema/state.sql` and `schema/agent.sql` were dumped whole from those of a real
 * 2026.9.6, and it takes them for its own; of older ones there are the tables that Clawback reads or writes.
 */
const KINDS = {
  state: { version: 18, owner: { role: 'global', app_version: '2026.9.6' } },
  agent: { version: 23, owner: { role: 'agent', agent_id: 'main', app_version: '2026.9.6' } },
  quarantine: { version: 2, owner: null },
  'state-2026.6': { version: 1, owner: { role: 'global' } },
} as const;

/** Creates an empty database of this kind in WAL mode, and the directories that it needs; the caller closes it. */
export function createDatabase(path: string, kind: keyof typeof KINDS): DatabaseSync {
  const { version, owner } = KINDS[kind];
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; BEGIN');
  database.exec(readFileSync(join(import.meta.dirname, 'schema', `${kind}.sql`), 'utf8'));
  if (owner !== null) addRow(database, 'schema_meta', { meta_key: 'primary', schema_version: version, ...owner });
  database.exec(`PRAGMA user_version = ${version}; COMMIT`);
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
