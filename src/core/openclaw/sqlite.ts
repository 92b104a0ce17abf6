import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** A row as node:sqlite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs with the database open for reading; closes it in any case. */
export function reading<T>(path: string, ask: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return ask(database);
  } finally {
    database.close();
  }
}

/** All rows; none if the table does not exist, as tables come and go between releases of OpenClaw. */
export function rowsOf(database: DatabaseSync, table: string, query: string, ...values: SQLInputValue[]): Row[] {
  return hasTable(database, table) ? database.prepare(query).all(...values) : [];
}

/** The number that a query counts in this table; 0 if the table does not exist. */
export function countOf(database: DatabaseSync, table: string, query: string): number {
  return rowsOf(database, table, query).reduce((sum, row) => sum + Number(Object.values(row)[0] ?? 0), 0);
}

export function hasTable(database: DatabaseSync, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined;
}

/** Names of a table's columns; empty if it does not exist. */
export function columnsOf(database: DatabaseSync, table: string): string[] {
  return database
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map((row) => String(row['name']));
}

/** OpenClaw's number for the shape of a database. */
export function userVersionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}
