import { DatabaseSync } from 'node:sqlite';
import { ClawbackError } from '../../ports/errors.ts';
import { isRecord } from './config-value.ts';
import { jsonOrNull } from './json.ts';
import { messageOf } from './message.ts';
import type { Relocation } from './moves.ts';
import { rewriteStrings } from './rewrite-json5.ts';
import { columnsOf, hasTable, rowsOf } from './sqlite.ts';

interface StateSettled {
  readonly leases: number;
  readonly queued: number;
  readonly cronJobs: { readonly before: number; readonly after: number };
}

/** Columns of the control database that hold absolute paths, alone or within JSON, as measured on real states. */
const STATE_COLUMNS: readonly (readonly [table: string, column: string])[] = [
  ['cron_jobs', 'store_key'],
  ['cron_jobs', 'job_json'],
  ['cron_run_receipts', 'store_key'],
  ['cron_run_logs', 'store_key'],
  ['task_runs', 'detail_json'],
  ['exec_approvals_config', 'raw_json'],
  ['exec_approvals_config', 'socket_path'],
  ['config_health_entries', 'config_path'],
  ['config_machine_state', 'value_json'],
  ['diagnostic_events', 'payload_json'],
  ['migration_sources', 'source_path'],
  ['plugin_state_entries', 'value_json'],
  ['agent_databases', 'path'],
];

const LEASE_TABLES = ['state_leases', 'agent_database_leases'];

export function settleStateDatabase(
  path: string,
  { relocation, keepQueue }: { relocation: Relocation; keepQueue: boolean },
): StateSettled {
  return writing(path, (database) => {
    const leases = dropLeases(database);
    const queued = keepQueue ? 0 : drop(database, 'delivery_queue_entries', '1');
    drop(database, 'plugin_blob_entries', 'expires_at IS NOT NULL');
    dropSocketTokens(database);
    const stores = cronStores(database);
    for (const [table, column] of STATE_COLUMNS) rewriteColumn(database, table, column, relocation);
    return { leases, queued, cronJobs: visibleJobs(database, stores, relocation) };
  });
}

/** @returns how many leases it held */
export function settleAgentDatabase(path: string, relocation: Relocation): number {
  return writing(path, (database) => {
    rewriteColumn(database, 'session_nodes', 'entry_json', relocation);
    rewriteOpenings(database, relocation);
    return dropLeases(database);
  });
}

export function settleQuarantine(path: string, relocation: Relocation): void {
  writing(path, (database) => {
    rewriteColumn(database, 'agent_integrity_verifications', 'path', relocation);
  });
}

function dropLeases(database: DatabaseSync): number {
  return LEASE_TABLES.reduce((sum, table) => sum + drop(database, table, '1'), 0);
}

function drop(database: DatabaseSync, table: string, where: string): number {
  return hasTable(database, table) ? Number(database.prepare(`DELETE FROM ${table} WHERE ${where}`).run().changes) : 0;
}

/** The token admits whoever holds it to the approval socket of the old process. */
function dropSocketTokens(database: DatabaseSync): void {
  for (const row of rowsOf(
    database,
    'exec_approvals_config',
    'SELECT config_key, raw_json FROM exec_approvals_config',
  )) {
    const approvals = jsonOrNull(row['raw_json']);
    if (!isRecord(approvals) || !isRecord(approvals['socket']) || !('token' in approvals['socket'])) continue;
    delete approvals['socket']['token'];
    const update = 'UPDATE exec_approvals_config SET raw_json = ?, has_socket_token = 0 WHERE config_key = ?';
    database.prepare(update).run(`${JSON.stringify(approvals, null, 2)}\n`, String(row['config_key']));
  }
}

/** How many jobs each store has; the store's name is the absolute path of the file that it once was. */
function cronStores(database: DatabaseSync): { store: string; jobs: number }[] {
  const query = 'SELECT store_key, count(*) AS jobs FROM cron_jobs GROUP BY store_key';
  return rowsOf(database, 'cron_jobs', query).map((row) => ({
    store: String(row['store_key']),
    jobs: Number(row['jobs']),
  }));
}

/** The Gateway sees a job only if it stands in the store that it looks for, which moves along with the directory. */
function visibleJobs(
  database: DatabaseSync,
  stores: readonly { store: string; jobs: number }[],
  relocation: Relocation,
): { before: number; after: number } {
  const names = new Set(stores.map(({ store }) => relocation.where(store)));
  const visible = rowsOf(database, 'cron_jobs', 'SELECT store_key FROM cron_jobs').filter((row) =>
    names.has(String(row['store_key'])),
  );
  return { before: stores.reduce((sum, { jobs }) => sum + jobs, 0), after: visible.length };
}

function rewriteColumn(database: DatabaseSync, table: string, column: string, relocation: Relocation): void {
  if (!columnsOf(database, table).includes(column)) return;
  const rows = database.prepare(`SELECT rowid AS id, ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL`);
  // A row may stand at the new path already, left there by an earlier life of this directory: the restored one counts.
  const update = database.prepare(`UPDATE OR REPLACE ${table} SET ${column} = ? WHERE rowid = ?`);
  for (const { id, value } of rows.all()) {
    const moved = moveIn(String(value), relocation);
    if (moved !== value) update.run(moved, Number(id));
  }
}

/** Of a transcript only its opening line, which says where the session works; what was said stays as it was said. */
function rewriteOpenings(database: DatabaseSync, relocation: Relocation): void {
  const query = `SELECT event.rowid AS id, event_json FROM transcript_event_identities
    JOIN transcript_events AS event USING (session_id, seq) WHERE event_type = 'session' AND event_json IS NOT NULL`;
  for (const { id, event_json } of rowsOf(database, 'transcript_event_identities', query)) {
    const moved = moveIn(String(event_json), relocation);
    if (moved === event_json) continue;
    database.prepare('UPDATE transcript_events SET event_json = ? WHERE rowid = ?').run(moved, Number(id));
    // Since 2026.9 the length stands beside it.
    if (!columnsOf(database, 'transcript_events').includes('event_utf8_bytes')) continue;
    const update = 'UPDATE transcript_events SET event_utf8_bytes = octet_length(event_json) WHERE rowid = ?';
    database.prepare(update).run(Number(id));
  }
}

/** The path that the text is, or those in the JSON that it is. */
function moveIn(text: string, relocation: Relocation): string {
  if (!/^\s*[[{]/.test(text)) return relocation.text(text);
  try {
    return rewriteStrings(text, (value) => relocation.text(value));
  } catch {
    // Not JSON: OpenClaw cannot read it either.
    return text;
  }
}

/** One transaction; afterwards everything is in the main file, and SQLite has removed its companions. */
function writing<T>(path: string, work: (database: DatabaseSync) => T): T {
  try {
    const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    try {
      database.exec('BEGIN IMMEDIATE');
      const result = work(database);
      database.exec('COMMIT');
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return result;
    } finally {
      database.close();
    }
  } catch (cause) {
    throw new ClawbackError('FAILED', `${path} cannot be made ready: ${messageOf(cause)}`, {
      hint: 'run clawback verify on the snapshot; an earlier one may hold this database whole',
      cause,
    });
  }
}
