import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Manifest } from '../../src/core/archive/manifest.ts';
import type { DrillReport } from '../../src/core/drill/report.ts';
import type { PairedCanary } from '../../src/core/keys/canary.ts';
import {
  comeBack,
  drilled,
  type Drilled,
  manifestOf,
  type Return,
  rightVerdict,
  verdictsOf,
} from '../support/drilled.ts';
import { addCronJob, createSession, inject as say } from '../support/openclaw-content.ts';
import { pairDevice, type PairedDevice, reconnect, renewed } from '../support/openclaw-devices.ts';
import { startGateway, type Gateway } from '../support/openclaw.ts';
import { restoredCopy } from '../support/restored-copy.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let gateway: Gateway;
let manifest: Manifest;
let pristine: string;
let canary: PairedCanary;
/** As they are when the snapshot is taken. */
let devices: PairedDevice[];

beforeAll(async () => {
  place = await temporaryDirectory();
  gateway = await startGateway({ openclaw: inject('openclaw'), home: join(place.path, 'home') });
  devices = [
    await pairDevice(gateway, { kind: 'ui', name: 'browser' }),
    await pairDevice(gateway, { kind: 'app', name: 'laptop' }),
    await pairDevice(gateway, { kind: 'cli', name: 'terminal' }),
    await pairDevice(gateway, { kind: 'node', name: 'garage' }),
    await pairDevice(gateway, { kind: 'app', name: 'stolen' }),
    await pairDevice(gateway, { kind: 'cli', name: 'rotated' }),
  ];
  const { deviceId, key, deviceToken } = await pairDevice(gateway, { kind: 'canary', name: 'canary' });
  canary = { deviceId, privateKeyPem: key.privateKeyPem, deviceToken };
  await addCronJob(gateway, 'water the plants');
  await say(gateway, await createSession(gateway, 'agent:main:trip'), 'hello');
  pristine = await restoredCopy(gateway.stateDir, join(place.path, 'pristine'));
  manifest = await manifestOf(gateway, pristine);
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

test('compared with a live host that went on, every verdict is what a real reconnect then hears', async () => {
  // Later than the snapshot: one is paired, one is thrown out, one is given another token.
  const late = await pairDevice(gateway, { kind: 'app', name: 'late' });
  const stolen = named('stolen');
  await gateway.call('device.token.revoke', { deviceId: stolen.deviceId, role: 'operator' });
  await gateway.call('device.token.rotate', { deviceId: named('rotated').deviceId, role: 'operator' });
  const today = [...devices.filter(({ name }) => name !== 'rotated'), await renewed(gateway, named('rotated')), late];
  const newOrigins = ['https://new.example', `http://localhost:${gateway.port + 1}`];
  let heard: Record<string, Return> = {};
  const heardAt: Record<string, Return>[] = [];

  const report = await drillOf('good', {
    environment: { OPENCLAW_GATEWAY_TOKEN: gateway.token },
    against: { kind: 'live', stateDir: gateway.stateDir },
    canary,
    meanwhile: async (booted) => {
      heard = await comeBack(booted, today, gateway);
      for (const origin of newOrigins)
        heardAt.push(await comeBack(booted, [named('browser')], { token: gateway.token, origin }));
    },
  });
  const live: Record<string, string> = {};
  for (const device of today) live[device.name] = await reconnect(gateway, device);
  expect(live['stolen']).not.toBe('connected');
  expect(verdictsOf(report)).toEqual({ ...verdictsOfReturns(heard, live), canary: 'keeps' });
  expect(verdictsOf(report)).toMatchObject({
    ...{ browser: 'keeps', laptop: 'keeps', terminal: 'keeps', garage: 'keeps' },
    ...{ late: 'approve-again', stolen: 'revoke-again', rotated: 'enter-token' },
  });
  // What a new node offers to run waits for an approval of its own.
  expect(report.devices.filter(({ pending }) => pending).map(({ name }) => name)).toEqual(['garage']);
  expect(fixOf(report, 'stolen')).toBe(`openclaw devices revoke --device ${stolen.deviceId} --role operator`);

  expect(statuses(report)).toMatchObject({
    ...{ integrity: 'ok', start: 'ok', token: 'ok', content: 'ok', devices: 'warn', canary: 'ok' },
    ...{ 'devices-identity': 'ok', 'checklist-port': 'ok' },
  });
  expect(report.canary).toMatchObject({ byDeviceToken: 'connected', bySharedSecret: 'connected' });
  expect(report.comparedWith).toEqual({ kind: 'live', stateDir: gateway.stateDir });
  expect(report.token).toMatchObject({ verdict: 'reproducible', winner: 'config ${OPENCLAW_GATEWAY_TOKEN}' });
  expect(report.token.sources).toContainEqual({
    source: 'this host: gateway process OPENCLAW_GATEWAY_TOKEN',
    present: true,
    matches: true,
  });
  expect(report.checks.find(({ id }) => id === 'token')?.evidence).toMatch(
    /accepts this token and refuses \(AUTH_TOKEN_MISMATCH\) a wrong one/,
  );
  expect(report.counts.expected).toMatchObject({ sessions: 1, messages: 1, devices: 7 });
  for (const secret of [gateway.token, canary.deviceToken, ...devices.map(({ deviceToken }) => deviceToken)])
    expect(JSON.stringify(report)).not.toContain(secret);

  // At another address or port nothing is booted again: what the browser heard there was heard above.
  for (const [index, origin] of newOrigins.entries()) {
    const moved = await drillOf(`moved-${index}`, { environment: {}, command: 'no-such-openclaw', origin });
    const { browser, laptop } = verdictsOf(moved);
    expect([browser, laptop]).toEqual(['pair-again', 'keeps']);
    expect(verdictsOfReturns(heardAt[index] ?? {})).toEqual({ browser });
  }
});

test('under another token only browsers must enter it, as real ones find', async () => {
  let heard: Record<string, Return> = {};
  const other = 'quite another token';
  const report = await drillOf('other', {
    environment: { OPENCLAW_GATEWAY_TOKEN: other },
    canary,
    manifest: onAnotherHost(),
    meanwhile: async (booted) => {
      heard = await comeBack(booted, devices, { token: other });
    },
  });
  expect(verdictsOf(report)).toEqual({ ...verdictsOfReturns(heard), canary: 'keeps' });
  expect(verdictsOf(report)).toMatchObject({ browser: 'enter-token', laptop: 'keeps', garage: 'keeps' });
  expect(report.verdict).toBe('fail');
  expect(statuses(report)).toMatchObject({ token: 'fail', content: 'fail', devices: 'warn', canary: 'ok' });
  expect(report.token.verdict).toBe('differs');
  expect(report.checks.find(({ id }) => id === 'content')?.evidence).toMatch(/cron jobs (\d+) → (?!\1)\d+/);
  expect(JSON.stringify(report)).not.toContain(other);
});

test('without the variable nobody knows the token, and the report has the line that sets it', async () => {
  let heard: Record<string, Return> = {};
  const report = await drillOf('missing', {
    environment: {},
    canary,
    manifest: onAnotherHost(),
    meanwhile: async (booted) => {
      heard = await comeBack(booted, devices, { token: gateway.token });
    },
  });
  // The old token is none any more; what a browser needs then is not known.
  expect(heard).toMatchObject({
    browser: { byDeviceToken: 'AUTH_DEVICE_TOKEN_MISMATCH', bySharedToken: 'AUTH_TOKEN_MISMATCH' },
    laptop: { byDeviceToken: 'connected', bySharedToken: 'AUTH_TOKEN_MISMATCH' },
    garage: { byDeviceToken: 'connected' },
  });
  expect(verdictsOf(report)).toEqual({ ...verdictsOfReturns(heard), canary: 'keeps' });
  expect(report.token.verdict).toBe('missing');
  expect(report.canary).toMatchObject({ byDeviceToken: 'connected', bySharedSecret: null });
  expect(statuses(report)).toMatchObject({ start: 'ok', token: 'fail' });
  expect(report.token.lines.map(({ text }) => text).join()).toMatch(/Environment=OPENCLAW_GATEWAY_TOKEN=<the token>/);
});

test('a state that was lost lets nobody in: every device is approved again, and the canary fails the drill', async () => {
  let heard: Record<string, Return> = {};
  const report = await drillOf('lost', {
    environment: { OPENCLAW_GATEWAY_TOKEN: gateway.token },
    canary,
    spoil: (state) => {
      state.exec('DELETE FROM device_pairing_paired; DELETE FROM device_identities');
    },
    meanwhile: async (booted) => {
      heard = await comeBack(booted, devices, gateway);
    },
  });
  expect(verdictsOf(report)).toEqual({ ...verdictsOfReturns(heard), canary: 'approve-again' });
  expect(new Set(Object.values(verdictsOf(report)))).toEqual(new Set(['approve-again']));
  expect(report.canary).toMatchObject({
    ...{ byDeviceToken: 'AUTH_DEVICE_TOKEN_MISMATCH', bySharedSecret: 'PAIRING_REQUIRED' },
  });
  expect(statuses(report)).toMatchObject({ canary: 'fail', token: 'ok', 'devices-identity': 'warn' });
  expect(report.verdict).toBe('fail');
});

test('without openclaw the drill is incomplete, however good the copy', async () => {
  const report = await drillOf('alone', {
    environment: { OPENCLAW_GATEWAY_TOKEN: gateway.token },
    command: 'no-such-openclaw',
  });
  expect(report.verdict).toBe('incomplete');
  expect(statuses(report)).toMatchObject({
    ...{ integrity: 'ok', start: 'unknown', token: 'ok', content: 'ok', devices: 'ok' },
  });
  expect(report.muting).toBeNull();
});

function drillOf(name: string, how: Partial<Drilled> & Pick<Drilled, 'environment'>): Promise<DrillReport> {
  return drilled({ place: join(place.path, name), pristine, manifest, command: inject('openclaw'), ...how });
}

/**
 * The snapshot as if it came from a path that is not here: beside the running Gateway, the drill would take the token from that.
 * Its cron jobs are bound to the old path, and so lost.
 */
function onAnotherHost(): Manifest {
  const home = '/no-such-home/node';
  const [stateDir, configPath] = [`${home}/.openclaw`, `${home}/.openclaw/openclaw.json`];
  const roots = manifest.roots.map((root) => ({ ...root, path: stateDir }));
  return { ...manifest, roots, installation: { ...manifest.installation, home, stateDir, configPath } };
}

function named(name: string): PairedDevice {
  const found = devices.find((device) => device.name === name);
  if (found === undefined) throw new Error(`no device is called ${name}`);
  return found;
}

function verdictsOfReturns(heard: Record<string, Return>, live: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(heard).map(([name, back]) => [name, rightVerdict(back, live[name])]));
}

function fixOf({ devices: reports }: DrillReport, name: string): string | undefined {
  return reports.find((device) => device.name === name)?.fix;
}

function statuses(report: DrillReport): Record<string, string> {
  return Object.fromEntries(report.checks.map(({ id, status }) => [id, status]));
}
