import type { BootedGateway, ConnectResult, GatewaySecret } from '../../ports/gateway.ts';
import type { PairedCanary } from '../keys/canary.ts';
import type { CanaryReport, Check } from './report.ts';

/** Connects as the canary: once with what it alone holds, once with what everybody holds. */
export async function askCanary(
  gateway: BootedGateway,
  canary: PairedCanary,
  secret: GatewaySecret | null,
): Promise<CanaryReport> {
  const { privateKeyPem, deviceToken } = canary;
  // A page of the Gateway's own host is let in, and what comes from a page is never approved without a person.
  const headers = { Origin: `http://127.0.0.1:${gateway.port}` };
  const device = { kind: 'canary', privateKeyPem, headers } as const;
  return {
    deviceId: canary.deviceId,
    byDeviceToken: said(await gateway.connect({ secret: null, device: { ...device, deviceToken } })),
    bySharedSecret: secret === null ? null : said(await gateway.connect({ secret, device })),
  };
}

/** The proof that a restore makes no new machine: the canary is let in as before. */
export function checkCanary({ byDeviceToken, bySharedSecret }: CanaryReport): Check {
  const about = { id: 'canary', title: 'the canary device reconnects without a new approval' };
  const answers = `by its device token: ${byDeviceToken ?? 'not asked'}; by the gateway token: ${bySharedSecret ?? 'not asked'}`;
  if (byDeviceToken === 'connected' && (bySharedSecret === null || bySharedSecret === 'connected'))
    return { ...about, status: 'ok', evidence: answers };
  const isNew = bySharedSecret === 'PAIRING_REQUIRED';
  const evidence = isNew ? `${answers}: the restored gateway is a new machine to its devices` : answers;
  const fix = isNew
    ? 'drill an older snapshot (clawback list); if all are like this, approve every device again'
    : 'pair the canary anew, if it was removed or its token rotated: clawback key canary';
  return { ...about, status: 'fail', evidence, fix };
}

function said(result: ConnectResult): string {
  return result.outcome === 'connected' ? 'connected' : result.code;
}
