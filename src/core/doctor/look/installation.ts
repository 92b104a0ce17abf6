import { basename } from 'node:path';
import type { Machine } from '../../../ports/machine.ts';
import { ClawbackError } from '../../../ports/errors.ts';
import { type OpenClawConfig, readConfig } from '../../openclaw/config.ts';
import { type EnvironmentContract, environmentContract } from '../../openclaw/environment.ts';
import type { Host } from '../../openclaw/host.ts';
import { checkState, type Located, placeOf } from '../../openclaw/locate.ts';
import { processEnvironment } from '../../openclaw/process.ts';
import { openClawProcesses, runningGateway } from '../../openclaw/running.ts';
import { type GatewayUnit, gatewayUnits, unitDirectories } from '../../openclaw/systemd.ts';
import { liveGateway, type LiveGateway } from './gateway.ts';

/** Which installation is examined, and how that is known. */
export interface Installation {
  /** Paths as this process sees them; nothing need be there. */
  readonly located: Located;
  readonly found: string;
  /** What is wrong with the state directory as a whole: missing, empty, not one. */
  readonly problem: { readonly message: string; readonly hint: string } | null;
  readonly gateway: LiveGateway | null;
  /** True if nothing says that a Gateway should be running: a stopped volume, or a directory that was restored. */
  readonly atRest: boolean;
  readonly config: OpenClawConfig;
  readonly environment: EnvironmentContract;
  /** systemd units of OpenClaw, those of other installations too. */
  readonly units: readonly GatewayUnit[];
}

export interface Subject {
  /** `--state-dir`. */
  readonly stateDir?: string | undefined;
  /** The `stateDir` of Clawback's own config: what is backed up is what should run. */
  readonly configured?: string | undefined;
  /** Whether a Gateway should run on it; null to conclude that from what is there. */
  readonly expectsGateway: boolean | null;
}

/**
 * The installation that a person means: the directory that is named; else the one that OpenClaw would use in this environment;
 * else, if no Gateway runs on that, the one on which a Gateway of the same home runs.
 */
export async function lookAtInstallation(subject: Subject, host: Host, machine: Machine): Promise<Installation> {
  const { configured } = subject;
  const stateDir = subject.stateDir ?? configured;
  const usual = placeOf(host, configured);
  let located = placeOf(host, stateDir);
  let found = howFound(subject, host, located);
  const running = await runningGateway(located);
  let gateway = running === null ? null : await liveGateway(running, machine);
  if (gateway === null && stateDir === undefined) {
    const other = await gatewayOfSameHome(located, host, machine);
    if (other !== null) {
      ({ located, gateway } = other);
      found = `the environment of the running gateway (process ${gateway.pid}); this shell would use ${usual.stateDir}`;
    }
  }
  const units = await gatewayUnits(located, unitDirectories(located));
  const config = await readConfig(located);
  const environment = await environmentContract(located, config, host);
  const isUsual = subject.stateDir === undefined || located.stateDir === usual.stateDir;
  return {
    located,
    found,
    problem: await problemOf(located.stateDir, stateDir === undefined),
    gateway,
    atRest: gateway === null && !(subject.expectsGateway ?? (isUsual || units.some(({ belongs }) => belongs))),
    config,
    environment,
    units,
  };
}

function howFound(subject: Subject, { env }: Host, { stateDir }: Located): string {
  if (subject.stateDir !== undefined) return 'named with --state-dir';
  if (subject.configured !== undefined) return 'stateDir in the config of clawback';
  if ((env['OPENCLAW_STATE_DIR'] ?? '').trim() !== '') return 'OPENCLAW_STATE_DIR in this environment';
  return basename(stateDir) === '.clawdbot' ? 'the name of older releases, as there is no ~/.openclaw' : 'the default';
}

async function problemOf(path: string, isUsual: boolean): Promise<Installation['problem']> {
  try {
    await checkState(path, isUsual);
    return null;
  } catch (error) {
    if (!(error instanceof ClawbackError)) throw error;
    return { message: error.message, hint: error.hint ?? '' };
  }
}

/** A service often has variables that a shell does not: its Gateway then works elsewhere than the shell would look. */
async function gatewayOfSameHome(
  located: Located,
  host: Host,
  machine: Machine,
): Promise<{ located: Located; gateway: LiveGateway } | null> {
  for (const { pid, command } of await openClawProcesses()) {
    if (!command.join(' ').includes('gateway')) continue;
    const env = await processEnvironment(pid);
    if (env === null) continue;
    const place = placeOf({ ...host, env });
    if (place.home !== located.home || place.stateDir === located.stateDir) continue;
    const running = await runningGateway(place);
    if (running?.pid !== pid) continue;
    return { located: place, gateway: await liveGateway(running, machine) };
  }
  return null;
}
