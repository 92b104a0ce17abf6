import type { ConnectResult, GatewaySecret } from '../../../ports/gateway.ts';
import type { HttpAnswer, Prober, Reach } from '../../../ports/prober.ts';
import { jsonOrNull } from '../../openclaw/json.ts';
import type { ResolvedToken } from '../../openclaw/token.ts';

/** What the Gateway answers when it is asked. */
export interface Answers {
  /** Where it was asked: `http://127.0.0.1:18789`. */
  readonly url: string;
  readonly health: ProbeAnswer;
  readonly ready: ProbeAnswer;
  /** OpenClaw has it since 2026.8. */
  readonly startup: ProbeAnswer;
  /** Null if it was not asked, or gave no answer. */
  readonly handshake: ConnectResult | null;
}

export interface ProbeAnswer {
  readonly http: HttpAnswer;
  /** The JSON in it; null for anything else, such as the web page that unknown paths give. */
  readonly json: unknown;
}

/** How the port is reached from elsewhere: every address that is not the loopback's, and what came of it. */
export type Reached = readonly { readonly address: string; readonly reach: Reach }[];

export async function askGateway(url: string, token: ResolvedToken, prober: Prober): Promise<Answers> {
  const [health, ready, startup] = await Promise.all(
    ['/healthz', '/readyz', '/startupz'].map((path) => probe(`${url}${path}`, prober)),
  );
  const secret = secretOf(token);
  const isGateway = health?.json !== null;
  return {
    url,
    health: health ?? NOTHING,
    ready: ready ?? NOTHING,
    startup: startup ?? NOTHING,
    // Whoever is no Gateway is not told the secret.
    handshake: secret === null || !isGateway ? null : await prober.connect(url.replace(/^http/, 'ws'), secret),
  };
}

export async function reachFrom(addresses: readonly string[], port: number, prober: Prober): Promise<Reached> {
  // A host with many containers has many addresses, and one that works is enough.
  const few = addresses.slice(0, 4);
  return Promise.all(few.map(async (address) => ({ address, reach: await prober.reach(address, port) })));
}

const NOTHING: ProbeAnswer = { http: { status: null, reason: 'silent' }, json: null };

async function probe(url: string, prober: Prober): Promise<ProbeAnswer> {
  const http = await prober.get(url);
  return { http, json: http.status === null ? null : jsonOrNull(http.body) };
}

function secretOf({ mode, secret }: ResolvedToken): GatewaySecret | null {
  if (mode === 'none') return { mode, value: '' };
  return mode === 'trusted-proxy' || secret === null ? null : { mode, value: secret };
}
