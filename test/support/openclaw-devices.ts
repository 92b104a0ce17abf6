import { DEVICES } from '../../src/adapters/gateway/client-kinds.ts';
import { connectGateway, type ConnectOutcome } from '../../src/adapters/gateway/device-client.ts';
import { createDeviceKey, deviceIdOf, type DeviceKey } from '../../src/adapters/gateway/device-key.ts';
import type { DeviceKind } from '../../src/ports/gateway.ts';
import type { Gateway } from './openclaw.ts';

/** A device that its operator approved: what would live in a browser profile or an app's keychain. */
export interface PairedDevice {
  readonly kind: DeviceKind;
  readonly name: string;
  readonly deviceId: string;
  readonly key: DeviceKey;
  readonly deviceToken: string;
}

type Address = Pick<Gateway, 'port'>;

/** Pairs a device that seems to come from another machine, with the Gateway's own approval. */
export async function pairDevice(gateway: Gateway, device: { kind: DeviceKind; name: string }): Promise<PairedDevice> {
  const key = createDeviceKey();
  const auth = { token: gateway.token };
  const asked = await connectAs(gateway, { ...device, key, auth });
  if (asked.outcome !== 'refused' || asked.requestId === undefined)
    throw new Error(`a new remote device was not asked to pair: ${JSON.stringify(asked)}`);
  await gateway.call('device.pair.approve', { requestId: asked.requestId });

  const outcome = await connectAs(gateway, { ...device, key, auth });
  if (outcome.outcome === 'refused') throw new Error(`${outcome.code}: ${outcome.message}`);
  using connection = outcome.connection;
  if (connection.deviceToken === undefined) throw new Error('the gateway issued no device token');
  return { ...device, key, deviceId: deviceIdOf(key), deviceToken: connection.deviceToken };
}

/** Connects a paired device again, with the token it holds or with the Gateway's; gives `connected` or the Gateway's code. */
export async function reconnect(
  gateway: Address,
  device: PairedDevice,
  auth: { token?: string; deviceToken?: string } = { deviceToken: device.deviceToken },
): Promise<string> {
  const outcome = await connectAs(gateway, { ...device, auth });
  if (outcome.outcome === 'refused') return outcome.code;
  outcome.connection[Symbol.dispose]();
  return 'connected';
}

/** The device after it has come back with the Gateway's token, which gives it the device token that counts now. */
export async function renewed(gateway: Address & Pick<Gateway, 'token'>, device: PairedDevice): Promise<PairedDevice> {
  const outcome = await connectAs(gateway, { ...device, auth: { token: gateway.token } });
  if (outcome.outcome === 'refused') throw new Error(`${outcome.code}: ${outcome.message}`);
  using connection = outcome.connection;
  return { ...device, deviceToken: connection.deviceToken ?? device.deviceToken };
}

function connectAs(
  gateway: Address,
  device: { kind: DeviceKind; name: string; key: DeviceKey; auth: { token?: string; deviceToken?: string } },
): Promise<ConnectOutcome> {
  const { kind, name, key, auth } = device;
  const request = {
    url: `ws://127.0.0.1:${gateway.port}`,
    client: DEVICES[kind],
    auth,
    device: key,
    displayName: name,
    headers: remoteHeaders(gateway.port),
  };
  return connectGateway(request, AbortSignal.timeout(20_000));
}

/** What a reverse proxy adds to a browser's request. */
export function remoteHeaders(port: number): Record<string, string> {
  return { Origin: `http://localhost:${port}`, 'X-Forwarded-For': '203.0.113.7' };
}
