import type { Device } from '../archive/manifest.ts';
import type { Check, DeviceReport, DeviceVerdict } from './report.ts';

/** What decides about devices besides themselves. */
export interface DeviceFacts {
  /** As the manifest lists them, and as the restored state does. */
  readonly expected: readonly Device[];
  readonly restored: readonly Device[];
  /** OpenClaw's fingerprint of the secret that the restored Gateway will use; null if unknown, or if it uses none. */
  readonly generation: string | null;
  /** Layout of the captured state. */
  readonly layout: 'sqlite' | 'mixed' | 'json';
}

const APPROVE = 'openclaw devices approve <requestId>, once the device has asked (openclaw devices list)';
const ENTER = 'enter the gateway token on it: openclaw gateway auth-token --show';

/** Question 3: what will each paired device need after this restore? */
export function judgeDevices(facts: DeviceFacts): DeviceReport[] {
  const restored = new Map(facts.restored.map((device) => [device.deviceId, device]));
  const gone = facts.expected.filter(({ deviceId }) => !restored.has(deviceId));
  return [
    ...facts.restored.map((device) => report(device, judge(device, facts))),
    ...gone.map((device) =>
      report(device, { verdict: 'approve-again', reason: 'its approval is not in the restored state', fix: APPROVE }),
    ),
  ];
}

export function checkDevices(devices: readonly DeviceReport[]): Check {
  const title = 'paired devices reconnect without a new approval';
  if (devices.length === 0) return { id: 'devices', status: 'ok', title, evidence: 'no device is paired' };
  const verdicts = new Map<DeviceVerdict, number>();
  for (const { verdict } of devices) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  const evidence = [...verdicts].map(([verdict, count]) => `${count} ${WORDS[verdict]}`).join(', ');
  const fix = devices.find((device) => device.fix !== undefined)?.fix;
  if (
    verdicts.has('approve-again') ||
    verdicts.has('pair-again') ||
    verdicts.has('revoke-again') ||
    verdicts.has('enter-token')
  ) {
    return { id: 'devices', status: 'warn', title, evidence, ...(fix === undefined ? {} : { fix }) };
  }
  return { id: 'devices', status: verdicts.has('unknown') ? 'unknown' : 'ok', title, evidence };
}

const WORDS: Record<DeviceVerdict, string> = {
  keeps: 'keep their access',
  'enter-token': 'must enter the token again',
  'approve-again': 'must be approved again',
  'pair-again': 'must pair again',
  'revoke-again': 'must be revoked again',
  unknown: 'unknown',
};

type Judgement = Pick<DeviceReport, 'verdict' | 'reason' | 'fix'>;

/** The rules of OpenClaw 2026.9, as measured: approval is the key's row; only a browser's device token hangs on the secret. */
function judge(device: Device, { generation, layout }: DeviceFacts): Judgement {
  const live = device.tokens.filter(({ revoked }) => !revoked);
  if (device.tokens.length > 0 && live.length === 0) {
    return {
      verdict: 'approve-again',
      reason: 'its token was revoked before the snapshot, and stays so',
      fix: APPROVE,
    };
  }
  if (layout === 'json' && device.roles.includes('node')) {
    const fix = 'openclaw nodes pending, then openclaw nodes approve <requestId>';
    return { verdict: 'approve-again', reason: 'nodes paired by releases before 2026.6 lack the approved scopes', fix };
  }
  if (!isBrowser(device))
    return { verdict: 'keeps', reason: 'its key is approved, and its device token does not hang on the gateway token' };
  const issued = live.find((token) => token.generation !== null)?.generation;
  if (issued === undefined || issued === null) {
    return {
      verdict: 'enter-token',
      reason: 'its device token names no gateway token that it was issued under',
      fix: ENTER,
    };
  }
  if (generation === null) return { verdict: 'unknown', reason: 'the gateway token is not known' };
  if (issued === generation)
    return { verdict: 'keeps', reason: 'its device token was issued under the same gateway token' };
  return { verdict: 'enter-token', reason: 'its device token was issued under another gateway token', fix: ENTER };
}

function isBrowser({ clientId, clientMode }: Device): boolean {
  return clientId === 'openclaw-control-ui' || clientMode === 'webchat';
}

function report({ deviceId, name, roles }: Device, judgement: Judgement): DeviceReport {
  return { deviceId, name, roles, ...judgement };
}
