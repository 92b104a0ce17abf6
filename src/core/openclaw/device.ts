import type { Device } from '../archive/manifest.ts';
import { isRecord, textOf } from './config-value.ts';
import { jsonOrNull } from './json.ts';
import type { Row } from './sqlite.ts';

/** A paired device as `devices/paired.json` (up to 2026.6) has it, which a row is turned into. Its tokens are secrets. */
export type DeviceEntry = Readonly<Record<string, unknown>>;

/** A device from a row of `device_pairing_paired` (2026.7 and later). Its tokens stay behind. */
export function deviceOfRow(row: Row): Device {
  return deviceOf(entryOfRow(row));
}

/** The entry that a row of `device_pairing_paired` or `device_pairing_pending` stands for. */
export function entryOfRow(row: Row): DeviceEntry {
  return {
    deviceId: row['device_id'],
    publicKey: row['public_key'],
    operatorLabel: row['operator_label'],
    displayName: row['display_name'],
    clientId: row['client_id'],
    clientMode: row['client_mode'],
    platform: row['platform'],
    deviceFamily: row['device_family'],
    browserOrigin: row['browser_origin'],
    role: row['role'],
    roles: jsonOrNull(row['roles_json']),
    approvedScopes: jsonOrNull(row['approved_scopes_json']),
    scopes: jsonOrNull(row['scopes_json']),
    approvedVia: row['approved_via'],
    approvedAtMs: row['approved_at_ms'],
    createdAtMs: row['created_at_ms'],
    lastSeenAtMs: row['last_seen_at_ms'],
    tokens: jsonOrNull(row['tokens_json']),
    pendingNodeSurface: jsonOrNull(row['pending_node_surface_json']),
  };
}

/** A device from an entry. Its tokens stay behind. */
export function deviceOf(entry: DeviceEntry): Device {
  return {
    deviceId: textOf(entry['deviceId']) ?? '',
    name: textOf(entry['operatorLabel']) ?? textOf(entry['displayName']),
    clientId: textOf(entry['clientId']),
    clientMode: textOf(entry['clientMode']),
    platform: textOf(entry['platform']),
    roles: strings(entry['roles']) ?? strings([entry['role']]) ?? [],
    scopes: strings(entry['approvedScopes']) ?? strings(entry['scopes']) ?? [],
    approvedVia: textOf(entry['approvedVia']),
    pairedAt: instant(entry['approvedAtMs']) ?? instant(entry['createdAtMs']),
    lastSeenAt: instant(entry['lastSeenAtMs']),
    tokens: Object.entries(isRecord(entry['tokens']) ? entry['tokens'] : {}).flatMap(([role, token]) =>
      isRecord(token)
        ? [{ role, generation: generation(token), revoked: typeof token['revokedAtMs'] === 'number' }]
        : [],
    ),
  };
}

/** Only a browser's token says under which shared secret it was issued, and dies with that. */
function generation(token: Readonly<Record<string, unknown>>): string | null {
  const issuer = token['issuer'];
  return isRecord(issuer) && issuer['kind'] === 'shared-gateway-auth' ? textOf(issuer['generation']) : null;
}

export function strings(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

function instant(milliseconds: unknown): string | null {
  return typeof milliseconds === 'number' ? new Date(milliseconds).toISOString() : null;
}
