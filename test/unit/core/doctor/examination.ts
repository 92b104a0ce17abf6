import type { Examination } from '../../../../src/core/doctor/examination.ts';
import { parseMounts } from '../../../../src/core/doctor/mounts.ts';
import type { ProbeAnswer } from '../../../../src/core/doctor/look/answers.ts';
import { PLATFORMS } from '../../../../src/core/doctor/platforms.ts';
import type { Platform } from '../../../../src/core/doctor/platform.ts';

export const STATE = '/home/node/.openclaw';
export const STARTED = Date.parse('2026-11-26T07:00:00Z');

export function platformOf(name: string): Platform {
  const found = PLATFORMS.find((platform) => platform.name === name);
  if (found === undefined) throw new Error(`no platform ${name}`);
  return found;
}

export function answer(json: unknown, status = 200): ProbeAnswer {
  return { http: { status, body: JSON.stringify(json) }, json };
}

/** What was seen of a healthy Gateway on plain Linux, and what a test changes in it. */
export function examination(changes: Partial<Examination> = {}): Examination {
  const platform = changes.platform ?? platformOf('linux');
  const mounts = parseMounts('25 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n');
  const socket = { address: '127.0.0.1', port: 18789, inode: '77' };
  const token = { source: 'environment OPENCLAW_GATEWAY_TOKEN', present: true, secret: 'the-secret-itself' };
  return {
    installation: {
      located: { stateDir: STATE, configPath: `${STATE}/openclaw.json`, home: '/home/node' },
      found: 'the default',
      problem: null,
      gateway: {
        ...{ pid: 7, evidence: `lock ${STATE}/tmp/x.lock`, port: 18789, uid: 1000, startedAt: STARTED, env: {} },
        ...{ command: ['openclaw-gateway'], root: '', sharesNetwork: true },
      },
      atRest: false,
      config: {
        ...{ value: { gateway: { mode: 'local', bind: 'loopback' } }, files: [`${STATE}/openclaw.json`] },
        ...{ variables: [], secretFiles: [], problems: [] },
      },
      environment: {
        variables: [{ name: 'OPENCLAW_GATEWAY_TOKEN', source: 'gateway process', sealed: true }],
        values: { OPENCLAW_GATEWAY_TOKEN: token.secret },
      },
      units: [],
    },
    env: {},
    platform,
    sightings: [],
    probe: platform.probe,
    token: { mode: 'token', winner: token.source, secret: token.secret, sources: [token] },
    storage: { path: STATE, mount: mounts[0] ?? null, mounts, model: null, unmounted: null, spaces: [], files: [] },
    homes: [],
    writtenAt: STARTED,
    database: {
      ...{ readable: null, userVersion: 18, openclawVersion: '2026.9.6', devices: [], origins: [], pending: 0 },
      ...{ boots: [], damage: [] },
    },
    service: null,
    log: null,
    port: { port: 18789, found: 'gateway.port in the config', platform: null },
    sockets: { listening: [socket], own: [socket], addresses: [] },
    portHolder: null,
    reached: [],
    answers: {
      url: 'http://127.0.0.1:18789',
      health: answer({ ok: true, status: 'live' }),
      ready: answer({ ready: true, failing: [] }),
      startup: answer({ ok: true }),
      handshake: { outcome: 'connected', scopes: [] },
    },
    now: STARTED + 600_000,
    ...changes,
  };
}
