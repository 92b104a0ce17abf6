import { ClawbackError } from '../../ports/errors.ts';
import type { ClientKind } from './client-kinds.ts';
import { proveDevice, type DeviceKey } from './device-key.ts';
import { gatewayLink, type Answer, type GatewayLink } from './gateway-link.ts';

/** OpenClaw speaks version 4 since 2026.6, and 3 before. */
const PROTOCOL = { minProtocol: 3, maxProtocol: 4 };

export interface ConnectRequest {
  /** `ws://127.0.0.1:18789` */
  readonly url: string;
  readonly client: ClientKind;
  /** At most one of them; none if the Gateway asks for no secret. */
  readonly auth: { readonly token?: string; readonly password?: string; readonly deviceToken?: string };
  /** Absent only for a loopback backend client, which the shared secret alone lets in. */
  readonly device?: DeviceKey | undefined;
  readonly displayName?: string | undefined;
  /** Further headers of the request that opens the socket. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export type ConnectOutcome =
  | { readonly outcome: 'connected'; readonly connection: GatewayConnection }
  | {
      readonly outcome: 'refused';
      /** The Gateway's `details.code`, else its error code. */
      readonly code: string;
      readonly message: string;
      /** The pairing request that an operator would have to approve. */
      readonly requestId: string | undefined;
    };

/** An authenticated connection; disposing closes it. */
export interface GatewayConnection extends Disposable {
  readonly scopes: readonly string[];
  /** The token that the Gateway issued to this device and role, if it did. */
  readonly deviceToken: string | undefined;
  /** @throws ClawbackError `FAILED` with the Gateway's error; `UNAVAILABLE` when the connection ends first. */
  call(method: string, params: unknown): Promise<unknown>;
}

/**
 * Connects to a Gateway as one of its clients. The signal ends the connection whenever it fires, also later.
 *
 * @throws ClawbackError `UNAVAILABLE` if nothing answers there, or not before the signal fires.
 */
export async function connectGateway(request: ConnectRequest, signal: AbortSignal): Promise<ConnectOutcome> {
  const link = gatewayLink(openSocket(request), signal);
  try {
    const outcome = outcomeOf(await introduce(link, request), link);
    if (outcome.outcome === 'refused') link[Symbol.dispose]();
    return outcome;
  } catch (error) {
    link[Symbol.dispose]();
    throw error;
  }
}

/** Node's WebSocket is undici's, which takes headers; the types are those of browsers, where it does not. */
function openSocket({ url, headers = {} }: ConnectRequest): WebSocket {
  const Constructor = WebSocket as unknown as new (url: string, options: { headers: object }) => WebSocket;
  return new Constructor(url, { headers });
}

async function introduce(link: GatewayLink, request: ConnectRequest): Promise<Answer> {
  const { nonce, ts } = await link.challenge;
  const { client, auth, device, displayName } = request;
  const token = auth.token ?? auth.deviceToken ?? '';
  const claim = { clientId: client.id, clientMode: client.mode, platform: client.platform, role: client.role };
  return link.request('connect', {
    ...PROTOCOL,
    client: { id: client.id, mode: client.mode, version: client.version, platform: client.platform, displayName },
    role: client.role,
    scopes: client.scopes,
    commands: client.commands,
    caps: [],
    auth,
    device: device && proveDevice(device, { ...claim, scopes: client.scopes, token, nonce, signedAt: ts }),
  });
}

function outcomeOf(answer: Answer, link: GatewayLink): ConnectOutcome {
  if (!answer.ok) {
    const { code, message, details } = answer.error;
    return { outcome: 'refused', code: details?.code ?? code, message, requestId: details?.requestId };
  }
  const auth = answer.payload['auth'] as { scopes?: string[]; deviceToken?: string } | undefined;
  return {
    outcome: 'connected',
    connection: {
      scopes: auth?.scopes ?? [],
      deviceToken: auth?.deviceToken,
      call: async (method, params) => {
        const reply = await link.request(method, params);
        if (reply.ok) return reply.payload;
        throw new ClawbackError('FAILED', `${method}: ${reply.error.code}: ${reply.error.message}`);
      },
      [Symbol.dispose]: () => {
        link[Symbol.dispose]();
      },
    },
  };
}
