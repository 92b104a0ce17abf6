import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../archive/manifest.ts';
import { isRecord, textOf } from './config-value.ts';
import { type DeviceEntry, deviceOf, entryOfRow, strings } from './device.ts';
import { parseJson } from './json.ts';
import { reading, rowsOf } from './sqlite.ts';
import type { StateView } from './state-view.ts';

/** Who may connect to a Gateway, as its state has it: enough to tell whether another state would treat them the same. */
export interface Pairings {
  readonly paired: readonly Pairing[];
  readonly pending: readonly PairingRequest[];
  /** Id of the Gateway host's own key, which its CLI and its node share; null if there is none yet. */
  readonly hostIdentity: string | null;
}

export interface Pairing {
  readonly device: Device;
  readonly publicKey: string | null;
  readonly platform: string | null;
  /** Address of the page that a browser was paired from. */
  readonly browserOrigin: string | null;
  /** What was approved; null where a release before 2026.6 did not write it down. */
  readonly approvedScopes: readonly string[] | null;
  /** By role. */
  readonly tokens: ReadonlyMap<string, PairingToken>;
  /** A node's commands that wait for an approval of their own, which does not expire. */
  readonly awaitsCommands: boolean;
}

export interface PairingToken {
  /** SHA-256 of the token, to tell whether two states mean the same one. */
  readonly digest: string;
  readonly revoked: boolean;
}

/** A device that has asked to be paired; OpenClaw forgets it after five minutes. */
export interface PairingRequest {
  readonly device: Device;
  readonly requestId: string;
}

const DATABASE = 'state/openclaw.sqlite';

/** Reads databases and the older JSON files; what is in both counts as the database has it. Never throws for a damaged state. */
export async function readPairings(view: StateView): Promise<Pairings> {
  const rows = fromDatabase(view.database(DATABASE));
  const read = (path: string): Promise<unknown> => jsonAt(join(view.stateDir, path));
  const paired = { ...entriesOf(await read('devices/paired.json'), 'deviceId'), ...keyed(rows.paired, 'deviceId') };
  const pending = {
    ...entriesOf(await read('devices/pending.json'), 'requestId'),
    ...keyed(rows.pending, 'requestId'),
  };
  const identity = await read('identity/device.json');
  return {
    paired: Object.values(paired).map(pairingOf),
    pending: Object.entries(pending).map(([requestId, entry]) => ({ requestId, device: deviceOf(entry) })),
    hostIdentity: rows.hostIdentity ?? (isRecord(identity) ? textOf(identity['deviceId']) : null),
  };
}

interface Rows {
  readonly paired: readonly DeviceEntry[];
  readonly pending: readonly DeviceEntry[];
  readonly hostIdentity: string | null;
}

function fromDatabase(path: string | null): Rows {
  const none: Rows = { paired: [], pending: [], hostIdentity: null };
  if (path === null) return none;
  try {
    return reading(path, (database) => {
      const pending = rowsOf(database, 'device_pairing_pending', 'SELECT * FROM device_pairing_pending');
      const identity = "SELECT device_id FROM device_identities WHERE identity_key = 'primary'";
      return {
        paired: rowsOf(database, 'device_pairing_paired', 'SELECT * FROM device_pairing_paired').map(entryOfRow),
        pending: pending.map((row) => ({ ...entryOfRow(row), requestId: row['request_id'] })),
        hostIdentity: textOf(rowsOf(database, 'device_identities', identity)[0]?.['device_id']),
      };
    });
  } catch {
    // A damaged database is the integrity check's finding.
    return none;
  }
}

function pairingOf(entry: DeviceEntry): Pairing {
  const tokens = isRecord(entry['tokens']) ? entry['tokens'] : {};
  return {
    device: deviceOf(entry),
    publicKey: textOf(entry['publicKey']),
    platform: textOf(entry['platform']),
    browserOrigin: textOf(entry['browserOrigin']),
    approvedScopes: strings(entry['approvedScopes']),
    tokens: new Map(
      Object.entries(tokens).flatMap(([role, token]): [string, PairingToken][] => {
        const text = isRecord(token) ? textOf(token['token']) : null;
        if (!isRecord(token) || text === null) return [];
        const digest = createHash('sha256').update(text).digest('hex');
        return [[role, { digest, revoked: typeof token['revokedAtMs'] === 'number' }]];
      }),
    ),
    awaitsCommands: isRecord(entry['pendingNodeSurface']),
  };
}

/** Entries of a JSON file, which are keyed by what `key` names. */
function entriesOf(value: unknown, key: string): Record<string, DeviceEntry> {
  const entries = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(entries.flatMap(([id, entry]) => (isRecord(entry) ? [[id, { [key]: id, ...entry }]] : [])));
}

function keyed(entries: readonly DeviceEntry[], key: string): Record<string, DeviceEntry> {
  return Object.fromEntries(entries.map((entry) => [textOf(entry[key]) ?? '', entry]));
}

async function jsonAt(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
