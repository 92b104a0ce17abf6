import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKEND } from '../../src/adapters/gateway/client-kinds.ts';
import { connectGateway, type GatewayConnection } from '../../src/adapters/gateway/device-client.ts';

export interface GatewayOptions {
  /** Entry script of the real OpenClaw: `inject('openclaw')` in tests. */
  readonly openclaw: string;
  /** HOME of the installation. */
  readonly home: string;
  /** Default `<home>/.openclaw`. */
  readonly stateDir?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** The shared token; default random. */
  readonly secret?: string;
  /** Where the token lives: in the Gateway's process environment (default), or literally in the configuration. */
  readonly token?: 'environment' | 'literal';
  /** Whether scheduled jobs fire; by default they are kept and never run. */
  readonly cron?: 'runs' | 'skipped';
  /** Sections added to, or replacing those of, a new configuration. An existing configuration is used as it stands. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Further variables of the Gateway's process; an empty one takes a usual one away. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Words put before the command, such as those that enter another network. */
  readonly before?: readonly string[];
  /** Further words of the command. */
  readonly flags?: readonly string[];
}

/** A real Gateway with a live state directory; disposing stops it. */
export interface Gateway extends AsyncDisposable {
  readonly openclaw: string;
  readonly home: string;
  readonly stateDir: string;
  readonly configPath: string;
  readonly port: number;
  readonly token: string;
  readonly pid: number;
  /** The whole environment that it runs with, without anything of this process. */
  readonly environment: Readonly<Record<string, string>>;
  log(): string;
  /** Asks one question as the loopback backend client, with every scope. */
  call(method: string, params?: unknown): Promise<unknown>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a real Gateway, without a wizard, and waits until it says that it is ready. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { home, openclaw } = options;
  const stateDir = options.stateDir ?? join(home, '.openclaw');
  const configPath = join(stateDir, 'openclaw.json');
  const token = options.secret ?? randomBytes(24).toString('hex');
  const port = options.port ?? (await configuredPort(configPath)) ?? (await freePort());
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  if (!existsSync(configPath)) {
    const config = { ...configuration(port, options.token === 'literal' ? token : undefined), ...options.config };
    await writeFile(configPath, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  }
  const environment = { ...environmentOf(options, stateDir, token), ...options.environment };
  const command = [openclaw, 'gateway', 'run', '--port', String(port), ...(options.flags ?? [])];
  const [program, ...words] = [...(options.before ?? []), process.execPath, ...command];
  const child = spawn(program ?? '', words, {
    env: environment,
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => stopProcess(child, signal);
  try {
    await ready(child, options.before === undefined ? () => saysReady(port) : () => /\[gateway\] ready$/m.test(log));
  } catch (error) {
    await stop('SIGKILL');
    throw new Error(`the gateway did not become ready:\n${log}`, { cause: error });
  }
  const gateway = { openclaw, home, stateDir, configPath, port, token, environment, stop, pid: child.pid ?? 0 };
  return {
    ...gateway,
    log: () => log,
    call: (method, params = {}) => callGateway(gateway, method, params),
    [Symbol.asyncDispose]: stop,
  };
}

/** A connection as the loopback backend client, which lasts until the signal fires; close it by disposing. */
export async function backendConnection(
  gateway: { port: number; token: string },
  signal: AbortSignal = AbortSignal.timeout(20_000),
): Promise<GatewayConnection> {
  const url = `ws://127.0.0.1:${gateway.port}`;
  const outcome = await connectGateway({ url, client: BACKEND, auth: { token: gateway.token } }, signal);
  if (outcome.outcome === 'refused') throw new Error(`${outcome.code}: ${outcome.message}`);
  return outcome.connection;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function callGateway(
  gateway: { port: number; token: string },
  method: string,
  params: unknown,
): Promise<unknown> {
  using connection = await backendConnection(gateway);
  return await connection.call(method, params);
}

function configuration(port: number, literal: string | undefined): Record<string, unknown> {
  return {
    gateway: {
      mode: 'local',
      bind: 'loopback',
      port,
      auth: { mode: 'token', token: literal ?? '${OPENCLAW_GATEWAY_TOKEN}' },
      // A client that brings X-Forwarded-For over loopback is then a remote one, and must be approved.
      trustedProxies: ['127.0.0.1'],
      nodes: { pairing: { sshVerify: false } },
      controlUi: { allowedOrigins: [`http://localhost:${port}`] },
    },
    discovery: { mdns: { mode: 'off' } },
    agents: { defaults: { heartbeat: { every: '0m' } } },
  };
}

function environmentOf(options: GatewayOptions, stateDir: string, token: string): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: options.home,
    ...(options.stateDir === undefined ? {} : { OPENCLAW_STATE_DIR: stateDir }),
    ...(options.token === 'literal' ? {} : { OPENCLAW_GATEWAY_TOKEN: token }),
    ...(options.cron === 'runs' ? {} : { OPENCLAW_SKIP_CRON: '1' }),
    OPENCLAW_SKIP_CHANNELS: '1',
    OPENCLAW_SKIP_PROVIDERS: '1',
    OPENCLAW_SKIP_GMAIL_WATCHER: '1',
    OPENCLAW_SKIP_CANVAS_HOST: '1',
    OPENCLAW_SKIP_BROWSER_CONTROL_SERVER: '1',
    OPENCLAW_SKIP_STARTUP_MODEL_PREWARM: '1',
    OPENCLAW_DISABLE_BONJOUR: '1',
    OPENCLAW_NO_AUTO_UPDATE: '1',
    OPENCLAW_NO_RESPAWN: '1',
    OPENCLAW_OFFLINE: '1',
  };
}

async function configuredPort(configPath: string): Promise<number | undefined> {
  if (!existsSync(configPath)) return undefined;
  const config = JSON.parse(await readFile(configPath, 'utf8')) as { gateway?: { port?: number } };
  return config.gateway?.port;
}

async function saysReady(port: number): Promise<boolean> {
  const probe = await fetch(`http://127.0.0.1:${port}/readyz`).then(
    (answer) => answer.json(),
    () => undefined,
  );
  return (probe as { ready?: boolean } | undefined)?.ready === true;
}

async function ready(child: ChildProcess, isReady: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(150_000);
  while (child.exitCode === null && child.signalCode === null) {
    deadline.throwIfAborted();
    if (await isReady()) return;
    await sleep(100);
  }
  throw new Error(`it exited with ${child.exitCode ?? child.signalCode ?? ''}`);
}

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(late);
}
