import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ConnectResult, GatewaySecret } from '../../ports/gateway.ts';
import { systemCode } from '../../ports/errors.ts';
import type { HttpAnswer, ProbeOptions, Prober, Reach, Unreached } from '../../ports/prober.ts';
import { BACKEND } from '../gateway/client-kinds.ts';
import { connectGateway } from '../gateway/device-client.ts';

const PATIENCE = 1500;
/** Time for a handshake with a busy Gateway. Milliseconds. */
const HANDSHAKE_PATIENCE = 5000;
const MOST = 64 * 1024;

/** Asks from this process, in its own network. */
export const networkProber: Prober = {
  get: async (url, options = {}) => {
    try {
      const answer = await send(url, options);
      const body = await text(answer);
      return { status: answer.statusCode ?? 0, body: body.slice(0, MOST) } satisfies HttpAnswer;
    } catch (error) {
      return { status: null, reason: reasonOf(error) };
    }
  },
  reach: (host, port) =>
    new Promise<Reach>((resolve) => {
      const socket = connectTcp({ host, port });
      const end = (reach: Reach): void => {
        resolve(reach);
        socket.destroy();
      };
      socket.setTimeout(PATIENCE, () => {
        end('silent');
      });
      socket.on('connect', () => {
        end('open');
      });
      socket.on('error', (error) => {
        end(reasonOf(error));
      });
    }),
  connect: async (url, secret): Promise<ConnectResult | null> => {
    const auth = authOf(secret);
    try {
      const outcome = await connectGateway({ url, client: BACKEND, auth }, AbortSignal.timeout(HANDSHAKE_PATIENCE));
      if (outcome.outcome === 'refused') return outcome;
      using connection = outcome.connection;
      return { outcome: 'connected', scopes: connection.scopes };
    } catch {
      return null;
    }
  },
};

function send(
  url: string,
  { method = 'GET', headers = {}, patience = PATIENCE }: ProbeOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A Gateway makes its own certificate; nothing secret is sent to it here.
    const options = { method, headers, rejectUnauthorized: false, agent: false, signal: AbortSignal.timeout(patience) };
    const asked = (url.startsWith('https:') ? requestHttps : requestHttp)(url, options, resolve);
    asked.on('error', reject);
    asked.end();
  });
}

function authOf({ mode, value }: GatewaySecret): { token?: string; password?: string } {
  if (mode === 'none') return {};
  return mode === 'token' ? { token: value } : { password: value };
}

function reasonOf(error: unknown): Unreached {
  switch (systemCode(error)) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return 'refused';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return 'unreachable';
    default:
      return 'silent';
  }
}
