import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ClawbackError, systemCode } from '../../ports/errors.ts';
import type { Host } from './host.ts';
import { expandPath } from './paths.ts';

/** Where an installation is; every path absolute. */
export interface Located {
  readonly stateDir: string;
  /** The config that OpenClaw would read; it need not exist. */
  readonly configPath: string;
  /** Home as OpenClaw understands it (`OPENCLAW_HOME` before `HOME`): what `~` in the config means. */
  readonly home: string;
  /** The default workspace and the credentials directory, where the environment moves them away from the state directory. */
  readonly workspaceDir?: string;
  readonly credentialsDir?: string;
}

const CONFIG_NAMES = ['openclaw.json', 'clawdbot.json'];
const STATE_NAMES = ['.openclaw', '.clawdbot'];

/** One of these stands at the top of every state directory since the first release. */
const MARKS = new Set([...CONFIG_NAMES, 'state', 'agents', 'devices', 'identity', 'credentials', 'sessions', 'cron']);

/**
 * Finds the state directory and the config in the order that OpenClaw itself does.
 *
 * @param stateDir given by a person, and then used whatever the environment says; `~` is expanded
 * @throws ClawbackError `STATE` if there is no state directory, or nothing of OpenClaw's in it
 */
export async function locate(host: Host, stateDir?: string): Promise<Located> {
  const located = placeOf(host, stateDir);
  await checkState(located.stateDir, stateDir === undefined);
  return located;
}

/** Where the installation would be, whether anything is there or not. */
export function placeOf(host: Host, stateDir?: string): Located {
  const home = openclawHome(host);
  const usual = usualStateDir(host, home);
  const chosen = stateDir === undefined ? usual : expandPath(stateDir, home);
  const configPath = configOf(host, home, { chosen, usual });
  const workspaceDir = pathVariable(host, home, 'OPENCLAW_WORKSPACE_DIR');
  const credentialsDir = pathVariable(host, home, 'OPENCLAW_OAUTH_DIR');
  return {
    stateDir: chosen,
    configPath,
    home,
    ...(workspaceDir === null ? {} : { workspaceDir }),
    ...(credentialsDir === null ? {} : { credentialsDir }),
  };
}

function openclawHome(host: Host): string {
  const account = variable(host, 'HOME') ?? variable(host, 'USERPROFILE') ?? host.home;
  const own = variable(host, 'OPENCLAW_HOME');
  return resolve(own === null ? account : expandPath(own, account));
}

/** Where the state directory is or will be, whether or not there is one. */
export function stateDirOf(host: Host, stateDir: string | null): string {
  const home = openclawHome(host);
  return stateDir === null ? usualStateDir(host, home) : expandPath(stateDir, home);
}

function usualStateDir(host: Host, home: string): string {
  const named = pathVariable(host, home, 'OPENCLAW_STATE_DIR');
  if (named !== null) return named;
  const candidates = STATE_NAMES.map((name) => join(home, name));
  return candidates.find((path) => existsSync(path)) ?? join(home, '.openclaw');
}

/** `OPENCLAW_CONFIG_PATH` belongs to the usual installation: another directory that has its own config keeps that. */
function configOf(host: Host, home: string, stateDir: { chosen: string; usual: string }): string {
  const named = pathVariable(host, home, 'OPENCLAW_CONFIG_PATH');
  const inside = CONFIG_NAMES.map((name) => join(stateDir.chosen, name)).find((path) => existsSync(path));
  if (named !== null && (inside === undefined || stateDir.chosen === stateDir.usual)) return named;
  return inside ?? join(stateDir.chosen, 'openclaw.json');
}

/**
 * @param isUsual true if nobody named the path
 * @throws ClawbackError `STATE` if it is no state directory
 */
export async function checkState(path: string, isUsual: boolean): Promise<void> {
  const hint = isUsual
    ? 'name it with --state-dir or OPENCLAW_STATE_DIR; for a container, the path of its mounted volume'
    : 'check the path; it is the directory that holds openclaw.json';
  const names = await readdir(path).catch((cause: unknown) => {
    const why =
      { ENOENT: 'does not exist', ENOTDIR: 'is not a directory', EACCES: 'may not be read' }[systemCode(cause) ?? ''] ??
      'cannot be read';
    const advice = systemCode(cause) === 'EACCES' ? 'run as the user that OpenClaw runs as, or as root' : hint;
    throw new ClawbackError('STATE', `state directory ${path} ${why}`, { hint: advice, cause });
  });
  if (names.length === 0) throw new ClawbackError('STATE', `state directory ${path} is empty`, { hint });
  if (!names.some((name) => MARKS.has(name))) {
    throw new ClawbackError('STATE', `${path} holds nothing of OpenClaw's`, { hint });
  }
}

function pathVariable(host: Host, home: string, name: string): string | null {
  const value = variable(host, name);
  return value === null ? null : expandPath(value, home);
}

function variable(host: Host, name: string): string | null {
  const value = host.env[name]?.trim();
  return value === undefined || value === '' ? null : value;
}
