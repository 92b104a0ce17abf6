import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import type { EnvironmentVariable } from '../archive/manifest.ts';
import type { OpenClawConfig } from './config.ts';
import type { Host } from './host.ts';
import { HOST_VARIABLES, KNOWN_VARIABLES } from './known-variables.ts';
import type { Located } from './locate.ts';
import { gatewayEnv, isDefaultState } from './pointed.ts';
import { processEnvironment } from './process.ts';
import { runningGateway } from './running.ts';
import { type EnvironmentSource, systemdSources, unitDirectories } from './systemd.ts';

/** What the installation needs from its environment, and what it gets. */
export interface EnvironmentContract {
  /** Sorted by name; `sealed` as it is when all of `values` go into the snapshot. */
  readonly variables: readonly EnvironmentVariable[];
  readonly values: Readonly<Record<string, string>>;
}

/**
 * The variables that the installation depends on, each from the first place that has it, in OpenClaw's own order: the
 * environment that the Gateway was started in, the state `.env`, `~/.config/openclaw/gateway.env`.
 *
 * Which environment that is, is certain only while a Gateway runs and lets its environment be read; otherwise this
 * process's own stands for it, then the systemd units, and last the `.env` of a compose file nearby.
 */
export async function environmentContract(
  located: Located,
  config: OpenClawConfig,
  host: Host,
): Promise<EnvironmentContract> {
  const sources = await environmentSources(located, host);
  const names = new Set(config.variables);
  for (const name of KNOWN_VARIABLES) if (sources.some((source) => hasValue(source, name))) names.add(name);
  const values: Record<string, string> = {};
  const variables = [...names].sort().map((name): EnvironmentVariable => {
    const source = sources.find((candidate) => hasValue(candidate, name));
    const sealed = source !== undefined && !HOST_VARIABLES.has(name);
    if (sealed) values[name] = source.values[name] ?? '';
    return { name, source: source?.label ?? null, sealed };
  });
  return { variables, values };
}

/** The contract as it is when no values are sealed beside it: those in a captured `.env` are in the snapshot all the same. */
export function namesOnly(contract: EnvironmentContract): EnvironmentContract {
  const variables = contract.variables.map((variable) => ({
    ...variable,
    sealed: variable.sealed && (variable.source === STATE_DOTENV || variable.source === GATEWAY_DOTENV),
  }));
  return { variables, values: {} };
}

const STATE_DOTENV = 'state .env';
const GATEWAY_DOTENV = '~/.config/openclaw/gateway.env';

/** What is set for a Gateway on this host besides the files that belong to its state. */
export interface ServiceEnvironment {
  /** What it is started with, in the order in which one wins: the running one's own, or else those of its systemd units. */
  readonly service: readonly EnvironmentSource[];
  /** This process's own environment, which stands for the service's if nothing better is known; null if a Gateway runs. */
  readonly shell: EnvironmentSource | null;
  /** The `.env` of a compose file nearby, which counts last, since nothing says that it is this installation's. */
  readonly compose: EnvironmentSource | null;
}

export async function serviceEnvironment(located: Located, host: Host): Promise<ServiceEnvironment> {
  const gateway = await runningGateway(located);
  const actual = gateway === null ? null : await processEnvironment(gateway.pid);
  if (actual !== null) return { service: [{ label: 'gateway process', values: actual }], shell: null, compose: null };
  return {
    service: await systemdSources(located, unitDirectories(located)),
    shell: { label: 'process', values: defined(host.env) },
    compose: await composeSource(located),
  };
}

async function environmentSources(located: Located, host: Host): Promise<EnvironmentSource[]> {
  const { service, shell, compose } = await serviceEnvironment(located, host);
  const files = [
    await dotenvSource(STATE_DOTENV, join(located.stateDir, '.env')),
    await dotenvSource('.env beside the config', join(dirname(located.configPath), '.env')),
    isDefaultState(located) ? await dotenvSource(GATEWAY_DOTENV, gatewayEnv(located)) : null,
    compose,
  ];
  return [shell, ...service, ...files].filter((source) => source !== null);
}

const COMPOSE_FILES = ['docker-compose.yml', 'docker-compose.yaml', 'compose.yml', 'compose.yaml'];

/** OpenClaw's docker set-up writes the token that it generates into the `.env` beside its compose file, and nowhere else. */
async function composeSource(located: Located): Promise<EnvironmentSource | null> {
  const places = [dirname(located.stateDir), join(located.home, 'openclaw'), '/opt/openclaw'];
  const place = places.find((directory) => COMPOSE_FILES.some((name) => existsSync(join(directory, name))));
  return place === undefined ? null : dotenvSource(`compose .env ${join(place, '.env')}`, join(place, '.env'));
}

async function dotenvSource(label: string, path: string): Promise<EnvironmentSource | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : { label, values: defined(parseEnv(text)) };
}

/** OpenClaw takes an empty variable for a missing one. */
function hasValue(source: EnvironmentSource, name: string): boolean {
  return Object.hasOwn(source.values, name) && source.values[name] !== '';
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
