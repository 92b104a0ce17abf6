import type { DrillResult } from '../../src/commands/drill.ts';
import type { SnapshotId } from '../../src/core/snapshot-id.ts';

const ID = '20261122T203437Z-0123456789abcdef' as SnapshotId;

const COUNTS = { agents: 1, sessions: 2, messages: 12_034, cronJobs: 45, devices: 3, channels: 0, plugins: 0 };

/** A drill that found several things to do, for pages about it. */
export const DRILL: DrillResult = {
  snapshot: {
    id: ID,
    key: `prod-1/${ID}.full.tar.zst.age`,
    kind: 'full',
    instance: 'prod-1',
    createdAt: '2026-11-22T20:34:37Z',
    bytes: 12_897_485,
  },
  verdict: 'fail',
  checks: [
    { id: 'integrity', status: 'ok', title: 'every hash is right', evidence: '1,234 files' },
    { id: 'start', status: 'ok', title: 'openclaw starts on it', evidence: 'ready after 21.0 s' },
    { id: 'token', status: 'ok', title: 'the token is the same', evidence: 'it equals the fingerprint' },
    {
      id: 'content',
      status: 'fail',
      title: 'everything that was there is there',
      evidence: 'cron jobs 45 → 1',
      fix: 'restore to the path that it was captured from',
    },
    {
      id: 'devices',
      status: 'warn',
      title: 'paired devices reconnect',
      evidence: '1 keep their access, 2 must be approved again',
      fix: 'approve it',
    },
    { id: 'checklist-storage', status: 'unknown', title: 'the state is on a disk', evidence: 'it is not on this host' },
    { id: 'checklist-port', status: 'ok', title: 'the port is the same', evidence: 'port 18789' },
  ],
  token: {
    status: 'ok',
    verdict: 'reproducible',
    mode: 'token',
    winner: 'config ${OPENCLAW_GATEWAY_TOKEN}',
    sources: [
      { source: 'config ${OPENCLAW_GATEWAY_TOKEN}', present: true, matches: true },
      { source: 'state .env', present: false, matches: null },
    ],
    lines: [],
  },
  devices: [
    {
      deviceId: 'd'.repeat(64),
      name: 'phone',
      roles: ['operator'],
      verdict: 'approve-again',
      reason: 'its approval is not in the restored state',
      fix: 'approve it',
    },
    { deviceId: 'e'.repeat(64), name: 'garage', roles: ['node'], verdict: 'keeps', reason: 'its key is approved' },
    {
      deviceId: 'f'.repeat(64),
      name: null,
      roles: ['operator'],
      verdict: 'approve-again',
      reason: 'its approval is not in the restored state',
      fix: 'approve it',
    },
  ],
  counts: { expected: COUNTS, found: { ...COUNTS, cronJobs: 1 } },
  openclaw: { captured: '2026.9.6', booted: '2026.9.6' },
  muting: 'namespaces',
  comparedWith: null,
  canary: null,
  upgrade: null,
  todo: [],
  seconds: { restore: 1, boot: 21, total: 30 },
  at: '2026-11-23T09:00:00.000Z',
  host: 'prod',
  clawbackVersion: '0.1.0',
};

/** The same with a first device of this name. */
export function drillOfDevice(name: string): DrillResult {
  return { ...DRILL, devices: DRILL.devices.map((device, index) => (index === 0 ? { ...device, name } : device)) };
}

/** The same with nothing to do. */
export const GOOD_DRILL: DrillResult = {
  ...DRILL,
  verdict: 'pass',
  checks: DRILL.checks.map(({ id, title, evidence }) => ({ id, title, evidence, status: 'ok' })),
  devices: DRILL.devices.slice(1, 2),
};
