import { dirname, join } from 'node:path';
import type { Root } from '../archive/manifest.ts';
import { agentEntries, isRecord, stringAt, textOf, valueAt } from './config-value.ts';
import type { OpenClawConfig } from './config.ts';
import type { Located } from './locate.ts';
import { expandPath, realPath } from './paths.ts';

/** A place that belongs to the installation, inside the state directory or not; it need not exist. */
export interface Pointed {
  readonly kind: Exclude<Root['kind'], 'state'>;
  /** Absolute. */
  readonly path: string;
}

/** Everything that the config, the environment or OpenClaw's own habits point to, in a fixed order, perhaps twice. */
export function pointedTo(located: Located, config: OpenClawConfig): Pointed[] {
  const found: Pointed[] = config.files.map((path, index) => ({ kind: index === 0 ? 'config' : 'include', path }));
  const add = (kind: Pointed['kind'], written: string | null | undefined): void => {
    if (typeof written === 'string') found.push({ kind, path: expandPath(written, located.home) });
  };
  for (const agent of agentEntries(config.value)) add('agent', textOf(agent.value['agentDir']));
  add('workspace', stringAt(config.value, 'agents.defaults.workspace'));
  // Where the workspace stood before agents had a section of their own.
  add('workspace', stringAt(config.value, 'agent.workspace'));
  for (const agent of agentEntries(config.value)) add('workspace', textOf(agent.value['workspace']));
  add('workspace', located.workspaceDir);
  add('credentials', located.credentialsDir);
  for (const path of config.secretFiles) add('credentials', path);
  for (const path of channelLogins(config.value)) add('credentials', path);
  // OpenClaw reads the `.env` beside a config that was moved away from the state directory.
  add('environment', join(dirname(located.configPath), '.env'));
  if (isDefaultState(located)) {
    add('environment', gatewayEnv(located));
    add('credentials', join(located.home, '.config', 'openclaw', 'auth-profile-secret-key'));
    add('credentials', join(located.home, '.openclaw-auth-profile-secrets'));
  }
  return found;
}

/** `~/.config/openclaw` belongs to the default installation, not to every profile of the account. */
export function isDefaultState(located: Located): boolean {
  return realPath(located.stateDir) === realPath(join(located.home, '.openclaw'));
}

/** The variables that the default installation reads after its own `.env`. */
export function gatewayEnv(located: Located): string {
  return join(located.home, '.config', 'openclaw', 'gateway.env');
}

/** WhatsApp keeps the login of each account in a directory of its own, where `authDir` says. */
function channelLogins(config: unknown): string[] {
  const accounts = valueAt(config, 'channels.whatsapp.accounts');
  const all = isRecord(accounts) ? Object.values(accounts) : [];
  const paths = [valueAt(config, 'channels.whatsapp'), ...all].map((account) => stringAt(account, 'authDir'));
  return paths.filter((path) => path !== null);
}
