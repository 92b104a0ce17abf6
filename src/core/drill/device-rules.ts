import type { Pairing } from '../openclaw/pairing.ts';
import { isAtLeast } from '../openclaw/release.ts';
import type { DeviceReport } from './report.ts';

export type Judgement = Pick<DeviceReport, 'verdict' | 'reason' | 'fix'>;

/** What decides about one device besides its own entry. */
export interface Circumstances {
  /** OpenClaw's fingerprint of the secret that the restored Gateway will use; null if unknown, or if it uses none. */
  readonly generation: string | null;
  /** The release that will run on the restored state. */
  readonly release: string;
  /** Whether the restored configuration lets a browser in from a page at this address. */
  readonly allows: (origin: string) => boolean;
  /** Where people will open the Control UI after the restore, if that is another address than before; else null. */
  readonly newOrigin: string | null;
}

/** Entering the Gateway's own secret lets a device in, and it is then given the token that the restored state holds. */
const ENTER = 'enter the gateway token on it: openclaw gateway auth-token --show';
const APPROVE = 'openclaw devices approve <requestId>, once the device has asked (openclaw devices list)';
const APPROVE_NODE = 'openclaw nodes pending, then openclaw nodes approve <requestId>';
const SCAN = 'openclaw qr, and scan the code in the app';

/** The approval of this device is not in the restored state. */
export function approveAgain(pairing: Pairing | null, reason: string): Judgement {
  // An app on a phone was let in by a setup code and never had the Gateway's own secret.
  if (pairing !== null && isPhone(pairing)) return { verdict: 'pair-again', reason, fix: SCAN };
  return { verdict: 'approve-again', reason, fix: APPROVE };
}

/** By the restored entry alone: what OpenClaw 2026.9 does with it, as measured. */
export function judgeRestored(pairing: Pairing, circumstances: Circumstances): Judgement[] {
  const { release } = circumstances;
  const live = pairing.device.tokens.filter(({ revoked }) => !revoked);
  if (pairing.device.tokens.length > 0 && live.length === 0)
    return [approveAgain(pairing, 'its token was revoked before the snapshot, and stays so')];
  if (isNode(pairing) && pairing.approvedScopes === null && isAtLeast(release, '2026.7')) {
    const reason = 'nodes paired by releases before 2026.6 lack the approved scopes';
    return [{ verdict: 'approve-again', reason, fix: APPROVE_NODE }];
  }
  return isBrowser(pairing)
    ? [...judgeOrigin(pairing.browserOrigin, circumstances), ...judgeIssuer(pairing, circumstances)]
    : [];
}

/** By what has happened to the device since: `now` is how it stands where the state is newer. */
export function judgeSince(then: Pairing, now: Pairing, circumstances: Circumstances): Judgement[] {
  const { deviceId } = then.device;
  const found: Judgement[] = [];
  for (const [role, token] of then.tokens) {
    const since = now.tokens.get(role);
    if (!token.revoked && (since === undefined || since.revoked)) {
      const fix = `openclaw devices revoke --device ${deviceId} --role ${role}`;
      found.push({
        verdict: 'revoke-again',
        reason: `its ${role} token was revoked after the snapshot, and would be good again`,
        fix,
      });
    } else if (token.revoked && since?.revoked === false) {
      found.push(approveAgain(then, `its ${role} token was revoked when the snapshot was taken, and is not now`));
    } else if (since !== undefined && since.digest !== token.digest) found.push(rotated(then, role));
  }
  const roles = now.device.roles.filter((role) => !then.device.roles.includes(role));
  if (roles.length > 0) found.push(approveAgain(then, `its role ${roles.join(', ')} was approved after the snapshot`));
  found.push(...judgeScopes(then, now));
  if (then.platform !== now.platform)
    found.push(approveAgain(then, `it was paired again after the snapshot, as ${now.platform ?? 'another platform'}`));
  if (isBrowser(now) && now.browserOrigin !== then.browserOrigin)
    found.push(...judgeOrigin(now.browserOrigin, circumstances));
  return found;
}

export function isPhone({ device }: Pairing): boolean {
  return device.clientId === 'openclaw-ios' || device.clientId === 'openclaw-android';
}

function rotated(pairing: Pairing, role: string): Judgement {
  const reason = `its ${role} token was rotated after the snapshot, and the one that it holds is not the restored one`;
  return isPhone(pairing)
    ? { verdict: 'pair-again', reason, fix: SCAN }
    : { verdict: 'enter-token', reason, fix: ENTER };
}

function judgeScopes(then: Pairing, now: Pairing): Judgement[] {
  const [before, after] = [new Set(then.device.scopes), new Set(now.device.scopes)];
  const gained = [...after.difference(before)];
  const lost = [...before.difference(after)];
  if (gained.length > 0) return [approveAgain(then, `${gained.join(', ')} was approved for it after the snapshot`)];
  if (lost.length === 0) return [];
  const reason = `${lost.join(', ')} was taken from it after the snapshot, and would be its again`;
  const fix = `openclaw devices remove ${then.device.deviceId}, then approve it with what it may do`;
  return [{ verdict: 'revoke-again', reason, fix }];
}

/** A browser keeps a key of its own for each address that it opens the Control UI at. */
function judgeOrigin(recorded: string | null, { newOrigin, allows }: Circumstances): Judgement[] {
  if (newOrigin !== null) {
    const reason = `at ${newOrigin} it has another key`;
    const approve = `open ${newOrigin} in it, then ${APPROVE}`;
    if (allows(newOrigin)) return [{ verdict: 'pair-again', reason, fix: approve }];
    const refused = `${reason}, and that address is not an allowed origin`;
    return [{ verdict: 'pair-again', reason: refused, fix: `${allow(newOrigin)}; ${approve}` }];
  }
  if (recorded === null || allows(recorded)) return [];
  const reason = `its page ${recorded} is not an allowed origin of the restored gateway`;
  return [{ verdict: 'pair-again', reason, fix: allow(recorded) }];
}

function allow(origin: string): string {
  return `add it: openclaw config set gateway.controlUi.allowedOrigins '["${origin}"]'`;
}

/** Only a browser's device token hangs on the Gateway's secret. */
function judgeIssuer({ device }: Pairing, { generation, release }: Circumstances): Judgement[] {
  // Before, no token named its issuer, and none hung on the secret.
  if (!isAtLeast(release, '2026.6')) return [];
  const issued = device.tokens.find((token) => !token.revoked && token.generation !== null)?.generation ?? null;
  if (issued === null) {
    const reason = 'its device token names no gateway token that it was issued under';
    return [{ verdict: 'enter-token', reason, fix: ENTER }];
  }
  if (generation === null) return [{ verdict: 'unknown', reason: 'the gateway token is not known' }];
  if (issued === generation) return [];
  return [{ verdict: 'enter-token', reason: 'its device token was issued under another gateway token', fix: ENTER }];
}

export function isBrowser({ device }: Pairing): boolean {
  return device.clientId === 'openclaw-control-ui' || device.clientMode === 'webchat';
}

function isNode({ device }: Pairing): boolean {
  return device.roles.includes('node');
}
