import { type Canary, formatCanary, isPaired } from '../core/keys/canary.ts';
import { replaceSecretFile } from '../core/keys/secret-file.ts';
import { valueAt } from '../core/openclaw/config-value.ts';
import { readConfig } from '../core/openclaw/config.ts';
import { environmentContract } from '../core/openclaw/environment.ts';
import { locate } from '../core/openclaw/locate.ts';
import { gatewayPort } from '../core/openclaw/port.ts';
import { runningGateway } from '../core/openclaw/running.ts';
import { resolveToken } from '../core/openclaw/token.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { ConnectResult, GatewaySecret, LiveGateway } from '../ports/gateway.ts';
import { canaryFile, readCanary } from './canary.ts';
import { type Context, requireConfig } from './context.ts';

export interface KeyCanaryOptions {
  /** WebSocket URL of the Gateway; default: the one on this host, at the port of its configuration. */
  readonly url?: string | undefined;
  /** True to wait until a person has approved it, for as long as the Gateway remembers the request. */
  readonly wait: boolean;
}

export interface KeyCanaryResult {
  readonly status: 'paired' | 'waiting';
  readonly deviceId: string;
  /** Where it keeps its key; absolute. */
  readonly file: string;
  readonly gateway: string;
  /** What a person has to run on the Gateway's host; null if nothing. */
  readonly approve: string | null;
}

/** OpenClaw forgets a request after five minutes. */
const PATIENCE_MS = 5 * 60_000;
const ASK_EVERY_MS = 3000;

/** Pairs Clawback's own device with the live Gateway, or says what a person has to do for it. */
export async function keyCanary(options: KeyCanaryOptions, context: Context): Promise<KeyCanaryResult> {
  const file = canaryFile(context);
  const { url, secret } = await findGateway(options.url, context);
  const gateway = await context.liveGateway();
  const known = await readCanary(context);
  const canary: Canary = known ?? { ...gateway.newDevice(), deviceToken: null };
  // Kept before it is shown to anybody: the approval is of this key.
  if (known === null) await replaceSecretFile(file, formatCanary(canary));
  const about = { deviceId: canary.deviceId, file, gateway: url };

  const { clock } = context;
  const deadline = clock.monotonic() + (options.wait ? PATIENCE_MS : 0);
  let told = false;
  for (;;) {
    const answer = await introduce({ gateway, url, secret }, canary);
    if (answer.outcome === 'connected') {
      const deviceToken = answer.deviceToken ?? canary.deviceToken;
      await replaceSecretFile(file, formatCanary({ ...canary, deviceToken }));
      return { status: 'paired', ...about, approve: null };
    }
    const approve = approvalOf(answer, url);
    if (clock.monotonic() >= deadline) return { status: 'waiting', ...about, approve };
    if (!told) context.warn(`waiting for an approval; on the host of the gateway, run: ${approve}`);
    told = true;
    await clock.sleep(ASK_EVERY_MS, context.signal);
  }
}

/** By its own token if it has one, which proves that it still is approved; else, or if that is no good, by the Gateway's. */
async function introduce(
  { gateway, url, secret }: { gateway: LiveGateway; url: string; secret: GatewaySecret },
  canary: Canary,
): Promise<ConnectResult> {
  const { privateKeyPem } = canary;
  const device = { kind: 'canary', privateKeyPem, headers: fromPage(url), displayName: 'clawback canary' } as const;
  if (isPaired(canary)) {
    const known = await gateway.connect(url, { secret: null, device: { ...device, deviceToken: canary.deviceToken } });
    if (known.outcome === 'connected') return known;
  }
  return gateway.connect(url, { secret, device });
}

/** A program on the Gateway's own host would be approved unseen; what comes from a page never is, and that host's page is let in. */
function fromPage(url: string): Record<string, string> {
  const { protocol, host, hostname } = new URL(url);
  const isHere = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
  return isHere ? { Origin: `${protocol === 'wss:' ? 'https' : 'http'}://${host}` } : {};
}

function approvalOf(answer: Extract<ConnectResult, { outcome: 'refused' }>, url: string): string {
  if (answer.code === 'PAIRING_REQUIRED') return `openclaw devices approve ${answer.requestId ?? '<requestId>'}`;
  throw new ClawbackError('DENIED', `the gateway at ${url} refuses the canary: ${answer.code}: ${answer.message}`, {
    hint: 'see that its token here is the one that it runs with: openclaw gateway health',
  });
}

async function findGateway(
  given: string | undefined,
  context: Context,
): Promise<{ readonly url: string; readonly secret: GatewaySecret }> {
  const { host } = context;
  const located = await locate(host, requireConfig(context).stateDir ?? undefined);
  const config = await readConfig(located);
  const environment = await environmentContract(located, config, host);
  const { mode, secret } = await resolveToken({ located, config, environment });
  if (mode === 'trusted-proxy' || (secret === null && mode !== 'none')) {
    throw new ClawbackError(
      'CONFIG',
      `the ${mode} of the gateway is not known here, and without it nothing can ask to be paired`,
      {
        hint: 'set OPENCLAW_GATEWAY_TOKEN for this command',
      },
    );
  }
  const port = (await runningGateway(located))?.port ?? gatewayPort(config.value);
  const scheme = valueAt(config.value, 'gateway.tls.enabled') === true ? 'wss' : 'ws';
  const url = given ?? `${scheme}://127.0.0.1:${port}`;
  return { url, secret: { mode, value: secret ?? '' } };
}
