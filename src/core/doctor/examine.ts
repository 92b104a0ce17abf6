import { join } from 'node:path';
import type { Machine } from '../../ports/machine.ts';
import type { Prober } from '../../ports/prober.ts';
import { valueAt } from '../openclaw/config-value.ts';
import type { Host } from '../openclaw/host.ts';
import { placeOf } from '../openclaw/locate.ts';
import { resolveToken } from '../openclaw/token.ts';
import { askMetadata, detect, type Sighting } from './detect.ts';
import type { Examination, ExpectedPort } from './examination.ts';
import { askGateway, reachFrom } from './look/answers.ts';
import { lookAtDatabases } from './look/database.ts';
import { lastWrite, otherHomes } from './look/homes.ts';
import { type Installation, lookAtInstallation } from './look/installation.ts';
import { lookAtLog } from './look/log.ts';
import { lookAtService, type ServiceSeen } from './look/service.ts';
import { isLoopback, lookAtSockets, ownerOf, type Sockets } from './look/sockets.ts';
import { lookAtStorage } from './look/storage.ts';
import type { Platform } from './platform.ts';
import type { DoctorOptions, DoctorPorts } from './request.ts';

/** Looks at everything that judges need. Changes nothing. */
export async function examine(options: DoctorOptions, ports: DoctorPorts): Promise<Examination> {
  const { host, machine, prober } = ports;
  const { stateDir, configured, log } = options;
  // Whoever has a log of it means one that ran.
  const subject = { stateDir, configured, expectsGateway: log === undefined ? options.expectsGateway : true };
  const installation = await lookAtInstallation(subject, host, machine);
  const { located, gateway } = installation;
  const env = gateway?.env ?? { ...installation.environment.values, ...host.env };
  const { sightings, platform } = await whichPlatform(options, ports, { gateway, env });
  const isPod = platform.stratum === 'orchestrator';
  const [service, sockets, storage, homes, writtenAt] = await Promise.all([
    lookAtService(installation, { machine, isPod }),
    lookAtSockets(gateway?.pid ?? null, machine),
    lookAtStorage({ located, gateway, inside: insideOf(installation, host) }, machine),
    otherHomes(installation, host, machine),
    lastWrite(located.stateDir, machine),
  ]);
  const agents = await machine.list(join(located.stateDir, 'agents'));
  const live = gateway !== null;
  const database = await lookAtDatabases({ stateDir: located.stateDir, live, scratch: options.scratch }, agents);
  const places = { located, config: installation.config, environment: installation.environment };
  const token = await resolveToken({ ...places, database: database.readable ?? undefined });
  const port = expectedPort({ installation, env, platform });
  const reachable = await reach({ installation, sockets, port }, prober);
  return {
    ...{ installation, env, platform, sightings, token, storage, homes, writtenAt, database, service, port, sockets },
    probe: { ...platform.probe, ...service?.probe },
    log: await lookAtLog({ installation, service, named: options.log }, machine),
    portHolder: await holderOf({ installation, sockets, port, service }, machine),
    reached: reachable.reached,
    answers: reachable.url === null ? null : await askGateway(reachable.url, token, prober),
    now: ports.now(),
  };
}

async function whichPlatform(
  { platform, online }: DoctorOptions,
  { host, machine, prober }: DoctorPorts,
  { gateway, env }: Pick<Examination, 'env'> & Pick<Installation, 'gateway'>,
): Promise<{ sightings: readonly Sighting[]; platform: Platform }> {
  const process = gateway === null ? 'self' : String(gateway.pid);
  const seen = await detect({ machine, system: host.platform, env, root: gateway?.root ?? '', process });
  const sightings = online ? await askMetadata(seen, prober) : seen;
  const first = platform ?? sightings[0]?.platform;
  if (first === undefined) throw new Error(`no platform fits ${host.platform}`);
  return { sightings, platform: first };
}

/** The state directory as the Gateway sees it: in a container, under another path than here. */
function insideOf({ gateway, located }: Installation, host: Host): string {
  if (gateway === null || gateway.root === '' || gateway.env === null) return located.stateDir;
  const env = gateway.env;
  return placeOf({ ...host, env, home: env['HOME'] ?? '/root' }).stateDir;
}

/** OpenClaw's default for `gateway.port`. */
const DEFAULT_PORT = 18789;

/** What starts it wins over the environment, and that over the config. */
function expectedPort({
  installation,
  env,
  platform,
}: Pick<Examination, 'installation' | 'env' | 'platform'>): ExpectedPort {
  const { gateway, config } = installation;
  const flag = gateway === null ? undefined : gateway.command[gateway.command.indexOf('--port') + 1];
  const candidates: readonly (readonly [value: unknown, found: string])[] = [
    [gateway?.port, 'the lock of the running gateway'],
    [gateway?.command.includes('--port') === true ? flag : undefined, '--port on its command line'],
    [env['OPENCLAW_GATEWAY_PORT'], 'OPENCLAW_GATEWAY_PORT in its environment'],
    [valueAt(config.value, 'gateway.port'), 'gateway.port in the config'],
  ];
  const [value, found] = candidates.find(([candidate]) => isPort(Number(candidate))) ?? [DEFAULT_PORT, 'the default'];
  const probed = Number(env['PORT'] ?? NaN);
  return { port: Number(value), found, platform: platform.stratum === 'app' && isPort(probed) ? probed : null };
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value < 65_536;
}

interface Listens {
  readonly installation: Installation;
  readonly sockets: Sockets;
  readonly port: ExpectedPort;
}

/** Where the Gateway can be asked from here, and whether other addresses than its loopback answer. */
async function reach(
  { installation, sockets, port }: Listens,
  prober: Prober,
): Promise<{ url: string | null; reached: Examination['reached'] }> {
  const { gateway, config } = installation;
  if (gateway === null) return { url: null, reached: [] };
  const own = sockets.own ?? sockets.listening.filter((socket) => socket.port === port.port);
  const socket = own.find((one) => one.port === port.port) ?? own[0];
  if (socket === undefined) return { url: null, reached: [] };
  const reached = await reachFrom(sockets.addresses, socket.port, prober);
  const scheme = valueAt(config.value, 'gateway.tls.enabled') === true ? 'https' : 'http';
  const isAny = ['0.0.0.0', '::'].includes(socket.address) || isLoopback(socket.address);
  const address = gateway.sharesNetwork
    ? isAny
      ? '127.0.0.1'
      : socket.address
    : reached.find((one) => one.reach === 'open')?.address;
  return { url: address === undefined ? null : `${scheme}://${address}:${socket.port}`, reached };
}

/** Who sits on the Gateway's port in its stead. */
async function holderOf(
  { installation, sockets, port, service }: Listens & { service: ServiceSeen | null },
  machine: Machine,
): Promise<string | null> {
  if (installation.atRest) return null;
  const socket = sockets.listening.find((one) => one.port === port.port);
  if (socket === undefined || sockets.own?.includes(socket) === true) return null;
  // Docker's own proxy stands before a Gateway in a container.
  if (service?.kind === 'docker' || (installation.gateway !== null && sockets.own === null)) return null;
  return (await ownerOf(socket, machine)) ?? 'a process of another user';
}
