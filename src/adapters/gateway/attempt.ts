import type { ConnectAttempt, ConnectResult } from '../../ports/gateway.ts';
import { BACKEND, DEVICES } from './client-kinds.ts';
import { connectGateway, type ConnectOutcome } from './device-client.ts';

/** Milliseconds until a Gateway that does not answer is given up. */
const PATIENCE = 60_000;

/** Connects once, as what the attempt says; a connection that comes about must be disposed. */
export function attemptConnect({ secret, device }: ConnectAttempt, url: string): Promise<ConnectOutcome> {
  const shared = secret === null || secret.mode === 'none' ? null : { [secret.mode]: secret.value };
  const own = device?.deviceToken === undefined ? {} : { deviceToken: device.deviceToken };
  const request = {
    url,
    client: device === undefined ? BACKEND : DEVICES[device.kind],
    auth: shared ?? own,
    device,
    displayName: device?.displayName,
    headers: device?.headers,
  };
  return connectGateway(request, AbortSignal.timeout(PATIENCE));
}

/** How it went; closes the connection. */
export function resultOf(outcome: ConnectOutcome): ConnectResult {
  if (outcome.outcome === 'refused') return outcome;
  using connection = outcome.connection;
  const { scopes, deviceToken } = connection;
  return { outcome: 'connected', scopes, deviceToken };
}
