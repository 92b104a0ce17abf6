import { describe, expect, test } from 'vitest';
import type { Device } from '../../../../src/core/archive/manifest.ts';
import { checkDevices, type DeviceFacts, judgeDevices } from '../../../../src/core/drill/devices.ts';
import type { Pairing, Pairings } from '../../../../src/core/openclaw/pairing.ts';

const BROWSER = pairing({ clientId: 'openclaw-control-ui', clientMode: 'webchat' });
const NODE = pairing({ deviceId: 'n', name: 'garage', clientId: 'node-host', clientMode: 'node', roles: ['node'] });
const APP = pairing({ deviceId: 'a', name: 'laptop', clientId: 'openclaw-macos', clientMode: 'ui' });
const PHONE = pairing({ deviceId: 'p', name: 'phone', clientId: 'openclaw-ios', clientMode: 'ui' });

/** Approved under the gateway token `same`, with a token of its own for each role. */
function pairing(facts: Partial<Device>, own: Partial<Pairing> = {}): Pairing {
  const device: Device = {
    ...{ deviceId: 'b', name: 'browser', clientId: null, clientMode: null, platform: 'linux', roles: ['operator'] },
    ...{ scopes: ['operator.read'], approvedVia: 'owner', pairedAt: null, lastSeenAt: null, tokens: [] },
    ...facts,
  };
  const isBrowser = device.clientMode === 'webchat';
  const tokens = device.roles.map((role) => ({ role, generation: isBrowser ? 'same' : null, revoked: false }));
  return {
    device: { ...device, tokens: facts.tokens ?? tokens },
    ...{ publicKey: 'k', platform: 'linux', browserOrigin: null, approvedScopes: device.scopes, awaitsCommands: false },
    tokens: new Map(device.roles.map((role) => [role, { digest: `${device.deviceId} ${role}`, revoked: false }])),
    ...own,
  };
}

function holding(paired: readonly Pairing[], pending: Pairings['pending'] = []): Pairings {
  return { paired, pending, hostIdentity: 'host' };
}

function facts(restored: readonly Pairing[], given: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    ...{ restored: holding(restored), expected: restored.map(({ device }) => device), now: null, generation: 'same' },
    ...{ release: '2026.9.6', allows: () => true, newOrigin: null },
    ...given,
  };
}

function judged(restored: readonly Pairing[], given: Partial<DeviceFacts> = {}): string[] {
  return judgeDevices(facts(restored, given)).map(({ name, verdict }) => `${name ?? ''} ${verdict}`);
}

/** The same device as another state has it. */
function since(then: Pairing, changes: Partial<Pairing>, device: Partial<Device> = {}): Pairing {
  return { ...then, ...changes, device: { ...then.device, ...device } };
}

describe('by the snapshot alone', () => {
  test('every device keeps its access under the same token', () => {
    expect(judged([BROWSER, NODE])).toEqual(['browser keeps', 'garage keeps']);
  });

  test('only browsers must enter another token, and none is approved again for it', () => {
    expect(judged([BROWSER, NODE], { generation: 'other' })).toEqual(['browser enter-token', 'garage keeps']);
  });

  test('a browser whose token names no issuer must enter it from 2026.6 on, and not before', () => {
    const old = since(BROWSER, {}, { tokens: [{ role: 'operator', generation: null, revoked: false }] });
    expect(judged([old])).toEqual(['browser enter-token']);
    expect(judged([old], { release: '2026.3.8' })).toEqual(['browser keeps']);
  });

  test('nothing is said of a browser when the token is unknown', () => {
    expect(judged([BROWSER], { generation: null })).toEqual(['browser unknown']);
  });

  test('a device that the restored state does not know is approved again', () => {
    expect(judged([], { expected: [NODE.device] })).toEqual(['garage approve-again']);
  });

  test('a device whose every token was revoked stays out', () => {
    const revoked = since(NODE, {}, { tokens: [{ role: 'node', generation: null, revoked: true }] });
    expect(judged([revoked])).toEqual(['garage approve-again']);
  });

  test('a node of the days before scopes were written down is approved again on a later release, and only there', () => {
    const old = since(NODE, { approvedScopes: null });
    expect(judged([old, APP])).toEqual(['garage approve-again', 'laptop keeps']);
    expect(judged([old], { release: '2026.3.8' })).toEqual(['garage keeps']);
  });

  test('a browser at another address has another key, and one at an address that is not allowed is refused', () => {
    const newOrigin = 'https://new.example';
    expect(judged([BROWSER, NODE], { newOrigin })).toEqual(['browser pair-again', 'garage keeps']);
    const there = since(BROWSER, { browserOrigin: 'https://old.example' });
    expect(judged([there])).toEqual(['browser keeps']);
    const [report] = judgeDevices(facts([there], { allows: () => false }));
    expect(report).toMatchObject({ verdict: 'pair-again', fix: expect.stringContaining('allowedOrigins') as unknown });
  });

  test('what had asked, and what a node offers, is listed as pending and counts as no device', () => {
    const asked = { device: APP.device, requestId: 'r' };
    const reports = judgeDevices(
      facts([since(NODE, { awaitsCommands: true })], {
        restored: holding([since(NODE, { awaitsCommands: true })], [asked]),
      }),
    );
    expect(reports.map(({ name, verdict, pending }) => [name, verdict, pending])).toEqual([
      ['garage', 'keeps', undefined],
      ['laptop', 'approve-again', true],
      ['garage', 'approve-again', true],
    ]);
    expect(checkDevices(reports, null)).toMatchObject({
      status: 'ok',
      evidence: expect.stringMatching(/^1 keep/) as unknown,
    });
  });
});

describe('compared with what the devices hold now', () => {
  const compared = (then: readonly Pairing[], now: readonly Pairing[]): string[] => judged(then, { now: holding(now) });

  test('what is the same in both keeps its access', () => {
    expect(compared([BROWSER, NODE], [BROWSER, NODE])).toEqual(['browser keeps', 'garage keeps']);
  });

  test('what was paired later is approved again, and a phone scans a code', () => {
    expect(compared([BROWSER], [BROWSER, NODE, PHONE])).toEqual([
      ...['browser keeps', 'garage approve-again', 'phone pair-again'],
    ]);
  });

  test('what was removed or revoked later would be let in again', () => {
    const revoked = since(NODE, { tokens: new Map([['node', { digest: 'n node', revoked: true }]]) });
    expect(compared([NODE, APP], [revoked])).toEqual(['garage revoke-again', 'laptop revoke-again']);
    const fixes = judgeDevices(facts([NODE, APP], { now: holding([revoked]) })).map(({ fix }) => fix);
    expect(fixes).toEqual(['openclaw devices revoke --device n --role node', 'openclaw devices remove a']);
  });

  test('what was revoked then and approved since is approved again', () => {
    const then = since(NODE, { tokens: new Map([['node', { digest: 'n node', revoked: true }]]) });
    expect(compared([then], [NODE])).toEqual(['garage approve-again']);
  });

  test('a token that was rotated later is none any more: the gateway token lets in, and a phone has none', () => {
    const rotated = (device: Pairing): Pairing =>
      since(device, { tokens: new Map([['operator', { digest: 'another', revoked: false }]]) });
    expect(compared([APP, PHONE], [rotated(APP), rotated(PHONE)])).toEqual(['laptop enter-token', 'phone pair-again']);
  });

  test('more scopes, another role or another platform are approved again, fewer scopes are taken away again', () => {
    expect(compared([APP], [since(APP, {}, { scopes: ['operator.read', 'operator.admin'] })])).toEqual([
      'laptop approve-again',
    ]);
    expect(compared([APP], [since(APP, {}, { scopes: [] })])).toEqual(['laptop revoke-again']);
    expect(compared([APP], [since(APP, {}, { roles: ['operator', 'node'] })])).toEqual(['laptop approve-again']);
    expect(compared([APP], [since(APP, { platform: 'darwin' })])).toEqual(['laptop approve-again']);
  });

  test('of several verdicts the one that must not be missed is given, with every reason', () => {
    const now = since(APP, { platform: 'darwin', tokens: new Map([['operator', { digest: 'x', revoked: true }]]) });
    const [report] = judgeDevices(facts([APP], { now: holding([now]) }));
    expect(report?.verdict).toBe('revoke-again');
    expect(report?.reason).toMatch(/revoked after the snapshot.*; it was paired again after the snapshot, as darwin/);
  });

  test('a request that waits now is listed with the command that approves it', () => {
    const now = holding([APP], [{ device: NODE.device, requestId: 'r-1' }]);
    expect(judgeDevices(facts([APP], { now }))).toMatchObject([
      { name: 'laptop', verdict: 'keeps' },
      { name: 'garage', pending: true, fix: expect.stringContaining('openclaw devices approve r-1') as unknown },
    ]);
  });
});

test('the check counts verdicts, says what they rest on, and warns when a person has work to do', () => {
  const devices = judgeDevices(facts([BROWSER], { expected: [NODE.device, BROWSER.device] }));
  expect(checkDevices(devices, null)).toMatchObject({
    status: 'warn',
    evidence: '1 keep their access, 1 must be approved again (judged from the snapshot alone)',
  });
  const live = { kind: 'live', stateDir: '/home/u/.openclaw' } as const;
  expect(checkDevices(devices, live).evidence).toContain('(compared with /home/u/.openclaw)');
  expect(checkDevices([], null)).toMatchObject({ status: 'ok', evidence: 'no device is paired' });
});
