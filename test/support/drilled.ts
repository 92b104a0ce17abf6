import { mkdir, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mutedBooter } from '../../src/adapters/gateway/muted.ts';
import type { Manifest } from '../../src/core/archive/manifest.ts';
import { drill } from '../../src/core/drill.ts';
import type { Comparison, DeviceVerdict, DrillReport } from '../../src/core/drill/report.ts';
import type { PairedCanary } from '../../src/core/keys/canary.ts';
import { readConfig } from '../../src/core/openclaw/config.ts';
import { inventory } from '../../src/core/openclaw/inventory.ts';
import { resolveToken, tokenFacts } from '../../src/core/openclaw/token.ts';
import type { BootedGateway, GatewayBooter } from '../../src/ports/gateway.ts';
import { silentProgress } from '../../src/ports/progress.ts';
import { type PairedDevice, remoteHeaders } from './openclaw-devices.ts';
import type { Gateway } from './openclaw.ts';

export interface Drilled {
  /** A fresh directory for this drill. */
  readonly place: string;
  /** A restored copy that no drill boots: each takes a copy of its own. */
  readonly pristine: string;
  readonly manifest: Manifest;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: string;
  readonly spoil?: (state: DatabaseSync) => void;
  readonly canary?: PairedCanary;
  readonly against?: Comparison;
  readonly origin?: string;
  /** Told the booted Gateway before it is asked anything. */
  readonly meanwhile?: (gateway: BootedGateway) => Promise<void>;
}

/** Drills a restored copy on a machine that has nothing of OpenClaw in its environment. */
export async function drilled(how: Drilled): Promise<DrillReport> {
  const [copy, scratch] = [join(how.place, 'copy'), join(how.place, 'scratch')];
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  await cp(how.pristine, copy, { recursive: true });
  {
    using state = new DatabaseSync(join(copy, 'state', 'openclaw.sqlite'));
    how.spoil?.(state);
  }
  const subject = {
    ...{ manifest: how.manifest, snapshotId: '20261122T203437Z-0123456789abcdef', environment: how.environment },
    roots: how.manifest.roots.map((root) => ({ root, copy })),
    canary: how.canary,
    integrity: { files: 1, bytes: 1, problems: [] },
  };
  const host = {
    ...{ env: {}, home: how.place, uid: 0, hostname: 'elsewhere', platform: 'linux', arch: 'x64' },
    nodeVersion: process.version,
  };
  const ports = { booter: attended(how.meanwhile), now: () => Date.now(), host };
  const { command, against, origin } = how;
  const signal = AbortSignal.timeout(150_000);
  return drill(subject, ports, {
    scratch,
    signal,
    progress: silentProgress,
    restoreSeconds: 0,
    command,
    against,
    origin,
  });
}

function attended(meanwhile: Drilled['meanwhile']): GatewayBooter {
  const booter = mutedBooter({ path: process.env['PATH'] ?? '' });
  return {
    boot: async (request, signal) => {
      const gateway = await booter.boot(request, signal);
      await meanwhile?.(gateway);
      return gateway;
    },
  };
}

/** What a real client of a device hears when it comes back. */
export interface Return {
  readonly byDeviceToken: string;
  readonly bySharedToken: string;
}

/** Connects to a booted copy as each of these devices, with what it holds and with the Gateway's token; by name. */
export async function comeBack(
  gateway: BootedGateway,
  devices: readonly PairedDevice[],
  { token, origin }: { readonly token: string; readonly origin?: string },
): Promise<Record<string, Return>> {
  const headers = { ...remoteHeaders(gateway.port), ...(origin === undefined ? {} : { Origin: origin }) };
  const returns: Record<string, Return> = {};
  for (const { name, kind, key, deviceToken } of devices) {
    const device = { kind, privateKeyPem: key.privateKeyPem, headers };
    const own = await gateway.connect({ secret: null, device: { ...device, deviceToken } });
    const shared = await gateway.connect({ secret: { mode: 'token', value: token }, device });
    returns[name] = {
      byDeviceToken: own.outcome === 'connected' ? 'connected' : own.code,
      bySharedToken: shared.outcome === 'connected' ? 'connected' : shared.code,
    };
  }
  return returns;
}

/**
 * The verdict that is right for what a device hears: that of a person who sees it happen.
 *
 * @param live what the live Gateway says to the same device, if there is one
 */
export function rightVerdict({ byDeviceToken, bySharedToken }: Return, live = 'connected'): DeviceVerdict {
  if (byDeviceToken === 'CONTROL_UI_ORIGIN_NOT_ALLOWED') return 'pair-again';
  // It is known, and its approval does not cover what it asks for.
  if (byDeviceToken === 'AUTH_SCOPE_MISMATCH') return 'approve-again';
  if (byDeviceToken === 'connected') return live === 'connected' ? 'keeps' : 'revoke-again';
  if (bySharedToken === 'connected') return 'enter-token';
  return bySharedToken === 'PAIRING_REQUIRED' ? 'approve-again' : 'unknown';
}

/** Verdicts on paired devices by their names. */
export function verdictsOf({ devices }: Pick<DrillReport, 'devices'>): Record<string, DeviceVerdict> {
  const paired = devices.filter(({ pending }) => pending !== true);
  return Object.fromEntries(paired.map(({ name, verdict }) => [name ?? '', verdict]));
}

/** The manifest as a backup at this moment would write it, as far as a drill reads it. */
export async function manifestOf(
  { home, stateDir, configPath, port, token }: Gateway,
  copy: string,
): Promise<Manifest> {
  const located = { stateDir, configPath, home };
  const roots = [{ name: 'state', kind: 'state', path: stateDir, type: 'directory' }] as const;
  const config = await readConfig(located);
  const variables = [{ name: 'OPENCLAW_GATEWAY_TOKEN', source: 'gateway process', sealed: true }];
  const found = await inventory({ stateDir: copy, database: (path) => join(copy, path), config: config.value });
  const places = { located, config, environment: { variables, values: { OPENCLAW_GATEWAY_TOKEN: token } } };
  const { openclawVersion, layout, schema } = found;
  return {
    ...{ format: 1, kind: 'full', instance: 'test', createdAt: '2026-11-22T20:34:37Z', clawbackVersion: '0.1.0' },
    installation: {
      ...{ openclawVersion, stateDir, configPath, home, layout, schema, gatewayPort: port, hostname: 'test' },
      ...{ platform: 'linux', arch: 'x64', nodeVersion: process.version },
    },
    ...{ roots, excluded: [], environment: variables, warnings: [], attachments: [] },
    ...{ devices: found.devices, counts: found.counts },
    token: await tokenFacts(await resolveToken(places), Buffer.alloc(16, 7)),
    files: { entries: 1, files: 1, bytes: 1, offset: 0, pages: [] },
  };
}
