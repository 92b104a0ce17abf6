import { describe, expect, test } from 'vitest';
import type { Device } from '../../../../src/core/archive/manifest.ts';
import { checkDevices, judgeDevices, type DeviceFacts } from '../../../../src/core/drill/devices.ts';

const BROWSER: Device = {
  ...{ deviceId: 'b', name: 'browser', clientId: 'openclaw-control-ui', clientMode: 'webchat', platform: 'linux' },
  ...{ roles: ['operator'], scopes: ['operator.read'], approvedVia: 'owner', pairedAt: null, lastSeenAt: null },
  tokens: [{ role: 'operator', generation: 'same', revoked: false }],
};
const NODE: Device = {
  ...BROWSER,
  ...{ deviceId: 'n', name: 'garage', clientId: 'node-host', clientMode: 'node', roles: ['node'] },
  tokens: [{ role: 'node', generation: null, revoked: false }],
};

function judged(devices: readonly Device[], facts: Partial<DeviceFacts> = {}): string[] {
  const all = { expected: devices, restored: devices, generation: 'same', layout: 'sqlite' as const, ...facts };
  return judgeDevices(all).map(({ name, verdict }) => `${name ?? ''} ${verdict}`);
}

describe('after a restore', () => {
  test('every device keeps its access under the same token', () => {
    expect(judged([BROWSER, NODE])).toEqual(['browser keeps', 'garage keeps']);
  });

  test('only browsers must enter another token, and none is approved again for it', () => {
    expect(judged([BROWSER, NODE], { generation: 'other' })).toEqual(['browser enter-token', 'garage keeps']);
  });

  test('a browser that was paired before tokens named their issuer must enter the token', () => {
    const old = { ...BROWSER, tokens: [{ role: 'operator', generation: null, revoked: false }] };
    expect(judged([old])).toEqual(['browser enter-token']);
  });

  test('nothing is said of a browser when the token is unknown', () => {
    expect(judged([BROWSER], { generation: null })).toEqual(['browser unknown']);
  });

  test('a device that the restored state does not know is approved again', () => {
    expect(judged([], { expected: [NODE] })).toEqual(['garage approve-again']);
  });

  test('a device whose every token was revoked stays out', () => {
    const revoked = { ...NODE, tokens: [{ role: 'node', generation: null, revoked: true }] };
    expect(judged([revoked])).toEqual(['garage approve-again']);
  });

  test('a node of the days of JSON files is approved again, other devices of then are not', () => {
    const app = { ...NODE, name: 'app', clientId: 'openclaw-macos', clientMode: 'ui', roles: ['operator'] };
    expect(judged([NODE, app], { layout: 'json' })).toEqual(['garage approve-again', 'app keeps']);
  });

  test('whoever has work to do gets the command for it', () => {
    const facts: DeviceFacts = { expected: [NODE], restored: [BROWSER], generation: 'other', layout: 'sqlite' };
    expect(judgeDevices(facts).map(({ fix }) => fix)).toEqual([
      expect.stringContaining('openclaw gateway auth-token --show'),
      expect.stringContaining('openclaw devices approve'),
    ]);
  });
});

test('the check counts verdicts, and warns when a person has work to do', () => {
  const devices = judgeDevices({ expected: [NODE], restored: [BROWSER], generation: 'same', layout: 'sqlite' });
  expect(checkDevices(devices)).toMatchObject({
    status: 'warn',
    evidence: '1 keep their access, 1 must be approved again',
  });
  expect(checkDevices([])).toMatchObject({ status: 'ok', evidence: 'no device is paired' });
});
