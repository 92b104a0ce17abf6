import type { DatabaseSync } from 'node:sqlite';
import type { Device } from '../archive/manifest.ts';
import { messageOf } from './message.ts';
import { isRecord, textOf, valueAt } from './config-value.ts';
import { deviceOfRow } from './device.ts';
import type { StateView } from './state-view.ts';
import { countOf, hasTable, reading, rowsOf, userVersionOf } from './sqlite.ts';

/** What the control database, `state/openclaw.sqlite`, tells. */
export interface StateDatabase {
  /** `PRAGMA user_version`; null if there is no database that could be read. */
  readonly userVersion: number | null;
  readonly openclawVersion: string | null;
  /** Null if it keeps no cron jobs. */
  readonly cronJobs: number | null;
  readonly devices: readonly Device[];
  readonly plugins: readonly string[];
  /** Path of each registered agent's database, as {@link StateView.database} takes it. */
  readonly agentPaths: ReadonlyMap<string, string>;
}

/** What one agent's database tells. */
export interface AgentDatabase {
  readonly userVersion: number | null;
  readonly sessionKeys: readonly string[];
  /** Ids of the sessions whose transcript is here, so that an old transcript file beside it is not counted again. */
  readonly sessionIds: ReadonlySet<string>;
  readonly messages: number;
}

const STATE_PATH = 'state/openclaw.sqlite';

export function stateDatabase(view: StateView, problems: string[]): StateDatabase {
  const none: StateDatabase = {
    ...{ userVersion: null, openclawVersion: null, cronJobs: null },
    ...{ devices: [], plugins: [], agentPaths: new Map<string, string>() },
  };
  return ask(view.database(STATE_PATH), { name: STATE_PATH, problems, none }, (database, part) => ({
    userVersion: userVersionOf(database),
    openclawVersion: part('the version', () => versionIn(database), null),
    cronJobs: part('cron jobs', () => cronJobsIn(database), null),
    devices: part('devices', () => devicesIn(database), []),
    plugins: part('plugins', () => pluginsIn(database), []),
    agentPaths: part('agents', () => agentPathsIn(database), none.agentPaths),
  }));
}

/** @param name how problems call it */
export function agentDatabase(path: string | null, name: string, problems: string[]): AgentDatabase {
  const none: AgentDatabase = { userVersion: null, sessionKeys: [], sessionIds: new Set(), messages: 0 };
  return ask(path, { name, problems, none }, (database, part) => ({
    userVersion: userVersionOf(database),
    sessionKeys: part(
      'sessions',
      () => texts(rowsOf(database, 'session_nodes', 'SELECT session_key FROM session_nodes')),
      [],
    ),
    sessionIds: new Set(
      part('sessions', () => texts(rowsOf(database, 'session_windows', 'SELECT session_id FROM session_windows')), []),
    ),
    messages: part('messages', () => messagesIn(database), 0),
  }));
}

type Part = <T>(what: string, read: () => T, otherwise: T) => T;

interface Circumstances<T> {
  readonly name: string;
  readonly problems: string[];
  readonly none: T;
}

/** A damaged table must not hide the others: each part is asked by itself. */
function ask<T>(
  path: string | null,
  { name, problems, none }: Circumstances<T>,
  read: (database: DatabaseSync, part: Part) => T,
): T {
  if (path === null) return none;
  const part: Part = (what, query, otherwise) => {
    try {
      return query();
    } catch (error) {
      problems.push(`${what} in ${name} cannot be counted: ${messageOf(error)}`);
      return otherwise;
    }
  };
  return part('contents', () => reading(path, (database) => read(database, part)), none);
}

function versionIn(database: DatabaseSync): string | null {
  const query = "SELECT app_version FROM schema_meta WHERE meta_key = 'primary'";
  return textOf(rowsOf(database, 'schema_meta', query)[0]?.['app_version']);
}

function cronJobsIn(database: DatabaseSync): number | null {
  return hasTable(database, 'cron_jobs') ? countOf(database, 'cron_jobs', 'SELECT count(*) FROM cron_jobs') : null;
}

function devicesIn(database: DatabaseSync): Device[] {
  return rowsOf(database, 'device_pairing_paired', 'SELECT * FROM device_pairing_paired').map(deviceOfRow);
}

/** The index is rebuilt at every start; only `installRecords` says what a person once installed. */
function pluginsIn(database: DatabaseSync): string[] {
  const current = "SELECT value_json FROM config_machine_state WHERE state_key = 'plugins.installedIndex'";
  const older = 'SELECT install_records_json AS value_json FROM installed_plugin_index';
  const rows = [
    ...rowsOf(database, 'config_machine_state', current),
    ...rowsOf(database, 'installed_plugin_index', older),
  ];
  return rows.flatMap((row) => {
    const value: unknown = JSON.parse(String(row['value_json']));
    const records = valueAt(value, 'index.installRecords') ?? value;
    return isRecord(records) ? Object.keys(records) : [];
  });
}

function agentPathsIn(database: DatabaseSync): Map<string, string> {
  const rows = rowsOf(database, 'agent_databases', 'SELECT agent_id, path FROM agent_databases ORDER BY last_seen_at');
  return new Map(rows.map((row) => [String(row['agent_id']), String(row['path'])]));
}

/** The index of events names their type; it is smaller than the transcripts by far. */
function messagesIn(database: DatabaseSync): number {
  const cold = 'SELECT coalesce(sum(event_count - 1), 0) FROM session_transcript_cold_archives';
  const hot = "SELECT count(*) FROM transcript_event_identities WHERE event_type = 'message'";
  return (
    countOf(database, 'transcript_event_identities', hot) + countOf(database, 'session_transcript_cold_archives', cold)
  );
}

function texts(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  return rows.flatMap((row) => Object.values(row).map(String));
}
