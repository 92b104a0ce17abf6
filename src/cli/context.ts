import { homedir, hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { childStarter } from '../adapters/child.ts';
import { janitor } from '../adapters/janitor.ts';
import { hostLock } from '../adapters/lock.ts';
import { posixShell } from '../adapters/shell.ts';
import type { Context, Paths } from '../commands/context.ts';
import { withoutKeys } from '../core/config/environment.ts';
import type { Config } from '../core/config/config.ts';
import type { Host } from '../core/openclaw/host.ts';
import { systemClock } from './clock.ts';
import type { Conversation } from './conversation.ts';
import { passphrase } from './passphrase.ts';
import { hostTimezone } from './host-timezone.ts';
import { describeError, hintOf } from './report.ts';
import type { Surroundings } from './surroundings.ts';
import {
  gatewayProber,
  hostMachine,
  liveGateway,
  mutedGateway,
  notifierOf,
  openclawCommand,
  openScheduler,
  openSender,
  openStorage,
  serveMetrics,
  serverTime,
} from './wire.ts';

export interface ContextRequest {
  /** `--config`. */
  readonly configFile: string | undefined;
  /** False for the command that makes the config. */
  readonly readConfig: boolean;
  readonly signal: AbortSignal;
}

/** From `src/cli` of a checkout as from `dist/cli` of the package. */
const LAUNCHER = fileURLToPath(new URL('../../bin/clawback.js', import.meta.url));

/** Puts adapters into ports, and the process's surroundings into values. */
export async function makeContext(
  request: ContextRequest,
  surroundings: Surroundings,
  conversation: Conversation,
): Promise<Context> {
  const host = hostOf(surroundings);
  const paths = pathsOf(surroundings, host, request.configFile);
  const { progress, warn, say } = conversation;
  const config = request.readConfig ? await readConfig(request, host, paths) : null;
  return {
    config,
    host,
    paths,
    openStorage: (location, onSent) => openStorage(location, host, onSent),
    serverTime: (location) => serverTime(location, host.env, request.signal),
    booter: () => mutedGateway(host.env),
    machine: () => hostMachine(host.env),
    prober: () => gatewayProber(),
    liveGateway,
    janitor,
    openclawCommand: (given) => openclawCommand(given, paths.cacheDir, host.env),
    lock: hostLock(join(paths.stateDir, 'locks'), () => new Date().toISOString()),
    notifier: notifierOf(config),
    openSender,
    serveMetrics,
    openScheduler: (wanted) => openScheduler(wanted, { ...host, user: userName(host) }),
    program: [process.execPath, LAUNCHER],
    get timezone() {
      return hostTimezone();
    },
    askPassphrase: () => passphrase(surroundings, request.signal),
    readInput: () => buffer(addAbortSignal(request.signal, surroundings.stdin)),
    now: () => new Date(),
    clock: systemClock,
    signal: request.signal,
    progress,
    warn,
    say,
    complain: (thrown) => {
      const error = describeError(thrown);
      if (error !== null) conversation.error(error.message, hintOf(error));
    },
    signals: surroundings.signals,
    shell: posixShell(withoutKeys(host.env)),
    children: childStarter(surroundings.stdin.isTTY === true),
    reload: () => makeContext(request, surroundings, conversation),
  };
}

async function readConfig(request: ContextRequest, host: Host, paths: Paths): Promise<Config | null> {
  const named = request.configFile !== undefined || isGiven(host.env['CLAWBACK_CONFIG']);
  // Imported here: the schema library is half of the start-up time, and help needs no config.
  const { loadConfig } = await import('../core/config.ts');
  return loadConfig({ file: paths.configFile, named, env: host.env, home: host.home });
}

function hostOf({ env }: Surroundings): Host {
  return {
    env,
    home: isGiven(env['HOME']) ? resolve(env['HOME']) : homedir(),
    uid: process.getuid?.() ?? 0,
    hostname: hostname(),
    platform: process.platform,
    arch: process.arch,
    nodeVersion: process.versions.node,
  };
}

/** A user whom the host has no name for is known by the number. */
function userName({ uid }: Host): string {
  try {
    return userInfo().username;
  } catch {
    return String(uid);
  }
}

function pathsOf({ env, cwd }: Surroundings, host: Host, configFile: string | undefined): Paths {
  const base = (variable: string, fallback: string) => {
    const value = env[variable];
    // The XDG specification: a relative path there is to be ignored.
    return join(value?.startsWith('/') === true ? value : join(host.home, fallback), 'clawback');
  };
  const named = configFile ?? (isGiven(env['CLAWBACK_CONFIG']) ? env['CLAWBACK_CONFIG'] : undefined);
  return {
    configFile: named === undefined ? join(base('XDG_CONFIG_HOME', '.config'), 'config.json5') : resolve(cwd, named),
    stateDir: base('XDG_STATE_HOME', '.local/state'),
    cacheDir: base('XDG_CACHE_HOME', '.cache'),
    workingDirectory: cwd,
  };
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
