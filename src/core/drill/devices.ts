import type { Device } from '../archive/manifest.ts';
import type { Pairing, PairingRequest, Pairings } from '../openclaw/pairing.ts';
import {
  approveAgain,
  type Circumstances,
  isBrowser,
  type Judgement,
  judgeRestored,
  judgeSince,
} from './device-rules.ts';
import type { Check, Comparison, DeviceReport, DeviceVerdict } from './report.ts';

export interface DeviceFacts extends Circumstances {
  /** As the manifest lists them. */
  readonly expected: readonly Device[];
  /** As the restored state has them, before any Gateway was started on it. */
  readonly restored: Pairings;
  /** As the installation has them that lives, or that a restore moved aside; null without one. */
  readonly now: Pairings | null;
}

/** Question 3: what will each paired device need after this restore? */
export function judgeDevices(facts: DeviceFacts): DeviceReport[] {
  const restored = byId(facts.restored);
  const now = facts.now === null ? null : byId(facts.now);
  const expected = new Map(facts.expected.map((device) => [device.deviceId, device]));
  const ids = new Set([...restored.keys(), ...expected.keys(), ...(now?.keys() ?? [])]);
  const paired = [...ids].flatMap((id) => {
    const [then, since] = [restored.get(id), now?.get(id)];
    const device = then?.device ?? since?.device ?? expected.get(id);
    if (device === undefined) return [];
    if (then === undefined) return [report(device, lost(since ?? null, expected.has(id)))];
    if (now !== null && since === undefined) return [report(device, removed(device))];
    const found = [...(since === undefined ? [] : judgeSince(then, since, facts)), ...judgeRestored(then, facts)];
    return [report(device, worst(found) ?? kept(then))];
  });
  return [...paired, ...waiting(facts.restored), ...(facts.now?.pending.map(asking) ?? [])];
}

/** @param by what they were compared with */
export function checkDevices(devices: readonly DeviceReport[], by: Comparison | null): Check {
  const title = 'paired devices reconnect without a new approval';
  const paired = devices.filter(({ pending }) => pending !== true);
  const compared = by === null ? 'judged from the snapshot alone' : `compared with ${by.stateDir}`;
  if (paired.length === 0) return { id: 'devices', status: 'ok', title, evidence: 'no device is paired' };
  const verdicts = new Map<DeviceVerdict, number>();
  for (const { verdict } of paired) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  const counted = [...verdicts].map(([verdict, count]) => `${count} ${WORDS[verdict]}`).join(', ');
  const evidence = `${counted} (${compared})`;
  const fix = paired.find((device) => device.fix !== undefined)?.fix;
  const status = [...verdicts.keys()].every((verdict) => verdict === 'keeps')
    ? 'ok'
    : [...verdicts.keys()].every((verdict) => verdict === 'keeps' || verdict === 'unknown')
      ? 'unknown'
      : 'warn';
  return { id: 'devices', status, title, evidence, ...(status === 'warn' && fix !== undefined ? { fix } : {}) };
}

const WORDS: Record<DeviceVerdict, string> = {
  keeps: 'keep their access',
  'enter-token': 'must enter the token again',
  'approve-again': 'must be approved again',
  'pair-again': 'must pair again',
  'revoke-again': 'must be revoked again',
  unknown: 'unknown',
};

/** What a person must not miss comes first. */
const SEVERITY: readonly DeviceVerdict[] = [
  'revoke-again',
  'pair-again',
  'approve-again',
  'enter-token',
  'unknown',
  'keeps',
];

/** One verdict of several, with the reasons of all. */
function worst(found: readonly Judgement[]): Judgement | undefined {
  const [first, ...others] = found.toSorted((a, b) => SEVERITY.indexOf(a.verdict) - SEVERITY.indexOf(b.verdict));
  if (first === undefined) return undefined;
  return { ...first, reason: [...new Set([first, ...others].map(({ reason }) => reason))].join('; ') };
}

function lost(now: Pairing | null, wasCaptured: boolean): Judgement {
  return approveAgain(
    now,
    wasCaptured ? 'its approval is not in the restored state' : 'it was paired after the snapshot',
  );
}

function removed({ deviceId }: Device): Judgement {
  const reason = 'it was removed after the snapshot, and would be let in again';
  return { verdict: 'revoke-again', reason, fix: `openclaw devices remove ${deviceId}` };
}

function kept(pairing: Pairing): Judgement {
  const reason = isBrowser(pairing)
    ? 'its device token was issued under the same gateway token'
    : 'its key is approved, and its device token does not hang on the gateway token';
  return { verdict: 'keeps', reason };
}

/** What asked to be paired shortly before the snapshot has to ask again; what a node offers waits for ever. */
function waiting({ paired, pending }: Pairings): DeviceReport[] {
  const commands = paired.filter(({ awaitsCommands }) => awaitsCommands);
  const fix = 'openclaw nodes pending, then openclaw nodes approve <requestId>';
  const reason = 'its commands were waiting for an approval when the snapshot was taken, and still will be';
  return [
    ...pending.map(({ device }) =>
      pendingReport(
        device,
        approveAgain(null, 'it had asked when the snapshot was taken; that request has expired, and it must ask again'),
      ),
    ),
    ...commands.map(({ device }) => pendingReport(device, { verdict: 'approve-again', reason, fix })),
  ];
}

function asking({ device, requestId }: PairingRequest): DeviceReport {
  const fix = `openclaw devices approve ${requestId}, or after the restore when it has asked again`;
  return pendingReport(device, { verdict: 'approve-again', reason: 'it is asking to be paired now', fix });
}

function pendingReport(device: Device, judgement: Judgement): DeviceReport {
  return { ...report(device, judgement), pending: true };
}

function report({ deviceId, name, roles }: Device, judgement: Judgement): DeviceReport {
  return { deviceId, name, roles, ...judgement };
}

function byId({ paired }: Pairings): Map<string, Pairing> {
  return new Map(paired.map((pairing) => [pairing.device.deviceId, pairing]));
}
