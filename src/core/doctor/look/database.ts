import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Device } from '../../archive/manifest.ts';
import { textOf } from '../../openclaw/config-value.ts';
import { deviceOfRow } from '../../openclaw/device.ts';
import { messageOf } from '../../openclaw/message.ts';
import { reading, rowsOf, userVersionOf } from '../../openclaw/sqlite.ts';
import { systemCode } from '../../../ports/errors.ts';

/** What the control database tells a doctor. */
export interface DatabaseSeen {
  /** A path from which it can be read without a trace; null if there is none. */
  readonly readable: string | null;
  readonly userVersion: number | null;
  readonly openclawVersion: string | null;
  readonly devices: readonly Device[];
  /** Origins under which browsers were paired. */
  readonly origins: readonly string[];
  /** Pairing requests that wait for an operator. */
  readonly pending: number;
  /** The last starts of a Gateway, newest first. */
  readonly boots: readonly Boot[];
  /** Sentences about databases that are damaged. */
  readonly damage: readonly string[];
}

export interface Boot {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Null if it did not end in order: it runs, or was killed. */
  readonly outcome: string | null;
  readonly reason: string | null;
}

export interface DatabasePlace {
  readonly stateDir: string;
  /** True if a Gateway has the databases open: then they may be read where they are, which leaves no trace. */
  readonly live: boolean;
  /** A private directory for copies; the caller removes it. Opening a database in place would make files beside it. */
  readonly scratch: string | null;
}

/** Larger databases are not checked through and through: a doctor has two seconds. Bytes. */
const CHECKED = 16 * 1024 * 1024;
const COPIED = 256 * 1024 * 1024;

export async function lookAtDatabases(place: DatabasePlace, agents: readonly string[]): Promise<DatabaseSeen> {
  const damage: string[] = [];
  const path = join(place.stateDir, 'state', 'openclaw.sqlite');
  const readable = await readableCopy(path, place);
  const found = readable === null ? null : ask(readable, path, damage);
  for (const id of place.live ? [] : agents) {
    const agent = join(place.stateDir, 'agents', id, 'agent', 'openclaw-agent.sqlite');
    const copy = await readableCopy(agent, place, CHECKED);
    if (copy !== null) {
      examine(agent, damage, () => {
        reading(copy, check);
      });
    }
  }
  const nothing = { userVersion: null, openclawVersion: null, devices: [], origins: [], pending: 0, boots: [] };
  return { readable, ...nothing, ...found, damage };
}

async function readableCopy(path: string, { live, scratch }: DatabasePlace, most = COPIED): Promise<string | null> {
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : null),
    () => null,
  );
  if (size === null || size > most) return null;
  if (live) return path;
  if (scratch === null) return null;
  const directory = join(scratch, path.replaceAll('/', '_'));
  const copy = join(directory, basename(path));
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await copyFile(path, copy);
    // Most of a database may still be in its log, also after an orderly stop.
    await copyFile(`${path}-wal`, `${copy}-wal`).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
    return copy;
  } catch {
    // Of another user, or no room for a copy: other findings speak of that.
    return null;
  }
}

function ask(readable: string, path: string, damage: string[]): Partial<DatabaseSeen> | null {
  return examine(path, damage, () =>
    reading(readable, (database) => {
      if (readable !== path) check(database);
      return {
        userVersion: userVersionOf(database),
        openclawVersion: textOf(
          rowsOf(database, 'schema_meta', "SELECT app_version FROM schema_meta WHERE meta_key = 'primary'")[0]?.[
            'app_version'
          ],
        ),
        ...devicesIn(database),
        pending: rowsOf(database, 'device_pairing_pending', 'SELECT request_id FROM device_pairing_pending').length,
        boots: bootsIn(database),
      };
    }),
  );
}

/** @throws if the database is damaged */
function check(database: DatabaseSync): void {
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count'] ?? 0);
  const size = Number(database.prepare('PRAGMA page_size').get()?.['page_size'] ?? 0);
  if (pages * size > CHECKED) return;
  const said = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (said !== 'ok') throw new Error(String(said).split('\n')[0]);
}

function devicesIn(database: DatabaseSync): Pick<DatabaseSeen, 'devices' | 'origins'> {
  const rows = rowsOf(database, 'device_pairing_paired', 'SELECT * FROM device_pairing_paired');
  const origins = rows.flatMap((row) => textOf(row['browser_origin']) ?? []);
  return { devices: rows.map(deviceOfRow), origins: [...new Set(origins)] };
}

function bootsIn(database: DatabaseSync): Boot[] {
  const query =
    'SELECT started_at_ms, outcome, reason FROM gateway_boot_lifecycle ORDER BY started_at_ms DESC LIMIT 20';
  return rowsOf(database, 'gateway_boot_lifecycle', query).map((row) => ({
    startedAt: Number(row['started_at_ms']),
    outcome: textOf(row['outcome']),
    reason: textOf(row['reason']),
  }));
}

function examine<T>(path: string, damage: string[], read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    damage.push(`${path}: ${messageOf(error)}`);
    return null;
  }
}
