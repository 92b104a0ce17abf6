import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../core/config/config.ts';
import { crontab } from '../core/schedule/crontab.ts';
import { launchdAgents } from '../core/schedule/launchd.ts';
import { type LocalFormat, type LocalPlan, planOf } from '../core/schedule/plan.ts';
import { type SystemdScope, systemdUnits } from '../core/schedule/systemd.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { UnitFile } from '../ports/scheduler.ts';
import { type Context, requireConfig } from './context.ts';

export interface LocalOptions {
  readonly format: LocalFormat;
  readonly scope: SystemdScope;
}

/** Variables that say where OpenClaw is, and where Clawback keeps things: paths, no secrets. */
const PASSED_ON = [
  'PATH',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'OPENCLAW_STATE_DIR',
  'OPENCLAW_CONFIG_PATH',
  'OPENCLAW_HOME',
  'OPENCLAW_PROFILE',
];

/** What a scheduler of this host is given to keep the schedule of the config. */
export function scheduleTexts({ format, scope }: LocalOptions, context: Context): readonly UnitFile[] {
  const config = requireFile(context);
  const { host, timezone } = context;
  const plan = localPlan(config, context);
  switch (format) {
    case 'systemd':
      return systemdUnits(plan, scope);
    case 'cron':
      return crontab(plan, timezone);
    case 'launchd':
      return launchdAgents(plan, timezone, join(host.home, 'Library', 'Logs', `clawback-${config.instance}.log`));
  }
}

export type FileConfig = Config & { readonly file: string };

export function requireFile(context: Context): FileConfig {
  const { file, ...config } = requireConfig(context);
  if (file !== null) return { file, ...config };
  throw new ClawbackError('CONFIG', 'a scheduler starts without this environment, and there is no config file', {
    hint: 'write one with clawback init, or keep the schedule with clawback schedule run',
  });
}

function localPlan(config: FileConfig, { host, paths, program }: Context): LocalPlan {
  const variables = PASSED_ON.flatMap((name) => {
    const value = host.env[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return {
    ...planOf(config),
    program,
    configFile: config.file,
    environmentFile: environmentFile(config),
    variables: Object.fromEntries(variables),
    identity: config.identity,
    signingKey: config.signingKey,
    ownDirectories: [paths.stateDir, paths.cacheDir],
    destinations: config.destinations
      .filter(({ url }) => url.protocol === 'file:')
      .map(({ url }) => fileURLToPath(url)),
  };
}

/** What the config's `${NAME}` come from where no shell has set them lies beside it; null if it is not there. */
export function environmentFile({ file }: FileConfig): string | null {
  const path = join(dirname(file), 'clawback.env');
  return existsSync(path) ? path : null;
}
