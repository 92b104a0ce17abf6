import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { mutedBooter } from '../../src/adapters/gateway/muted.ts';
import type { Manifest } from '../../src/core/archive/manifest.ts';
import { drill } from '../../src/core/drill.ts';
import type { DrillReport } from '../../src/core/drill/report.ts';
import type { DrillSubject } from '../../src/core/drill/subject.ts';
import { readConfig } from '../../src/core/openclaw/config.ts';
import { inventory } from '../../src/core/openclaw/inventory.ts';
import { resolveToken, tokenFacts } from '../../src/core/openclaw/token.ts';
import { silentProgress } from '../../src/ports/progress.ts';
import { addCronJob, createSession, inject as say } from '../support/openclaw-content.ts';
import { pairDevice } from '../support/openclaw-devices.ts';
import { startGateway, type Gateway } from '../support/openclaw.ts';
import { restoredCopy } from '../support/restored-copy.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let gateway: Gateway;
let manifest: Manifest;
/** A restored copy that no test boots: each takes a copy of its own. */
let pristine: string;

beforeAll(async () => {
  place = await temporaryDirectory();
  gateway = await startGateway({ openclaw: inject('openclaw'), home: join(place.path, 'home') });
  await pairDevice(gateway, { kind: 'ui', name: 'browser' });
  await pairDevice(gateway, { kind: 'node', name: 'garage' });
  await addCronJob(gateway, 'water the plants');
  await say(gateway, await createSession(gateway, 'agent:main:trip'), 'hello');
  pristine = await restoredCopy(gateway.stateDir, join(place.path, 'pristine'));
  manifest = await manifestOf(gateway, pristine);
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

test('a good snapshot passes while production runs: every question is answered, and no secret is in the report', async () => {
  const report = await drillOf('good', { environment: { OPENCLAW_GATEWAY_TOKEN: gateway.token } });
  expect(statuses(report)).toMatchObject({
    integrity: 'ok',
    start: 'ok',
    token: 'ok',
    content: 'ok',
    devices: 'ok',
    'checklist-port': 'ok',
  });
  expect(report.verdict).toBe('pass');
  expect(report.token.sources).toContainEqual({
    source: 'config ${OPENCLAW_GATEWAY_TOKEN}',
    present: true,
    matches: true,
  });
  expect(report.checks.find(({ id }) => id === 'token')?.evidence).toMatch(
    /accepts this token and refuses \(AUTH_TOKEN_MISMATCH\) a wrong one/,
  );
  expect(report.devices.map(({ name, verdict }) => [name, verdict]).sort()).toEqual([
    ['browser', 'keeps'],
    ['garage', 'keeps'],
  ]);
  expect(report.counts.expected).toMatchObject({ sessions: 1, messages: 1, devices: 2 });
  expect(report.seconds.boot).toBeGreaterThan(0);
  expect(JSON.stringify(report)).not.toContain(gateway.token);
});

test('another token, a lost device and cron jobs of another path fail the drill, each by name', async () => {
  const report = await drillOf('bad', {
    environment: { OPENCLAW_GATEWAY_TOKEN: 'quite another token' },
    spoil: (state) => {
      state.exec("UPDATE cron_jobs SET store_key = '/elsewhere/cron/jobs.json'");
      state.exec("DELETE FROM device_pairing_paired WHERE client_id = 'node-host'");
    },
  });
  expect(report.verdict).toBe('fail');
  expect(statuses(report)).toMatchObject({
    integrity: 'ok',
    start: 'ok',
    token: 'fail',
    content: 'fail',
    devices: 'warn',
  });
  expect(report.checks.find(({ id }) => id === 'content')?.evidence).toMatch(
    /cron jobs (\d+) → (?!\1)\d+, devices 2 → 1/,
  );
  expect(report.devices.map(({ name, verdict }) => [name, verdict]).sort()).toEqual([
    ['browser', 'enter-token'],
    ['garage', 'approve-again'],
  ]);
  expect(JSON.stringify(report)).not.toContain('quite another token');
});

test('without openclaw the drill is incomplete, however good the copy', async () => {
  const report = await drillOf('alone', {
    environment: { OPENCLAW_GATEWAY_TOKEN: gateway.token },
    command: 'no-such-openclaw',
  });
  expect(report.verdict).toBe('incomplete');
  expect(statuses(report)).toMatchObject({
    integrity: 'ok',
    start: 'unknown',
    token: 'ok',
    content: 'ok',
    devices: 'ok',
  });
});

async function drillOf(
  name: string,
  how: { environment: Record<string, string>; command?: string; spoil?: (state: DatabaseSync) => void },
): Promise<DrillReport> {
  const copy = join(place.path, name, 'copy');
  const scratch = join(place.path, name, 'scratch');
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  await cp(pristine, copy, { recursive: true });
  {
    using state = new DatabaseSync(join(copy, 'state', 'openclaw.sqlite'));
    how.spoil?.(state);
  }
  const ports = {
    booter: mutedBooter({ path: process.env['PATH'] ?? '' }),
    now: () => Date.now(),
    host: hostWithout(place.path),
  };
  const options = { scratch, signal: AbortSignal.timeout(120_000), progress: silentProgress, restoreSeconds: 0 };
  return drill(subjectOf(copy, how.environment), ports, { ...options, command: how.command ?? inject('openclaw') });
}

function subjectOf(copy: string, environment: Record<string, string>): DrillSubject {
  const roots = manifest.roots.map((root) => ({ root, copy }));
  return {
    manifest,
    snapshotId: '20261122T203437Z-0123456789abcdef',
    roots,
    environment,
    integrity: { files: 1, bytes: 1, problems: [] },
  };
}

function statuses(report: DrillReport): Record<string, string> {
  return Object.fromEntries(report.checks.map(({ id, status }) => [id, status]));
}

/** A machine that has nothing of OpenClaw in its environment. */
function hostWithout(home: string): Parameters<typeof drill>[1]['host'] {
  return { env: {}, home, uid: 0, hostname: 'elsewhere', platform: 'linux', arch: 'x64', nodeVersion: process.version };
}

/** The manifest as a backup at this moment would write it, as far as a drill reads it. */
async function manifestOf({ home, stateDir, configPath, port, token }: Gateway, copy: string): Promise<Manifest> {
  const located = { stateDir, configPath, home };
  const roots = [{ name: 'state', kind: 'state', path: stateDir, type: 'directory' }] as const;
  const config = await readConfig(located);
  const variables = [{ name: 'OPENCLAW_GATEWAY_TOKEN', source: 'gateway process', sealed: true }];
  const found = await inventory({ stateDir: copy, database: (path) => join(copy, path), config: config.value });
  const places = { located, config, environment: { variables, values: { OPENCLAW_GATEWAY_TOKEN: token } } };
  return {
    ...{ format: 1, kind: 'full', instance: 'test', createdAt: '2026-11-22T20:34:37Z', clawbackVersion: '0.1.0' },
    installation: {
      ...{
        openclawVersion: found.openclawVersion,
        stateDir,
        configPath,
        home,
        layout: found.layout,
        schema: found.schema,
      },
      ...{ gatewayPort: port, hostname: 'test', platform: 'linux', arch: 'x64', nodeVersion: process.version },
    },
    ...{
      roots,
      excluded: [],
      environment: variables,
      devices: found.devices,
      counts: found.counts,
      warnings: [],
      attachments: [],
    },
    token: await tokenFacts(await resolveToken(places), Buffer.alloc(16, 7)),
    files: { entries: 1, files: 1, bytes: 1, offset: 0, pages: [] },
  };
}
