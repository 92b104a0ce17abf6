import { existsSync } from 'node:fs';
import { doctor as examine } from '../core/doctor.ts';
import type { Platform } from '../core/doctor/platform.ts';
import { PLATFORMS } from '../core/doctor/platforms.ts';
import type { DoctorReport } from '../core/doctor/report.ts';
import type { DoctorOptions as Request } from '../core/doctor/request.ts';
import { expandPath } from '../core/openclaw/paths.ts';
import { staging } from '../core/staging.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Context } from './context.ts';

export interface DoctorOptions {
  readonly platform?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly log?: string | undefined;
  readonly online: boolean;
}

/** Examines a live deployment, a stopped volume or a restored directory. Changes nothing. */
export async function doctor(options: DoctorOptions, context: Context): Promise<DoctorReport> {
  const { host, paths } = context;
  const absolute = (path: string) => expandPath(path, host.home, paths.workingDirectory);
  const platform = options.platform === undefined ? null : platformNamed(options.platform);
  if (options.log !== undefined && !existsSync(absolute(options.log))) {
    throw new ClawbackError('NOT_FOUND', `no log at ${absolute(options.log)}`, {
      hint: 'check the path given with --log',
    });
  }
  const request = {
    stateDir: options.stateDir === undefined ? undefined : absolute(options.stateDir),
    configured: context.config?.stateDir ?? undefined,
    log: options.log === undefined ? undefined : absolute(options.log),
  };
  return examination({ ...request, online: options.online, platform, expectsGateway: null }, context);
}

/** The deployment around a state directory that a drill or a restore is about; undefined if that is not on this host. */
export async function examineDeployment(stateDir: string, context: Context): Promise<DoctorReport | undefined> {
  if (!existsSync(stateDir)) return undefined;
  return examination({ stateDir, online: false, platform: null, expectsGateway: false }, context);
}

async function examination(request: Omit<Request, 'scratch'>, context: Context): Promise<DoctorReport> {
  const ports = {
    host: context.host,
    machine: await context.machine(),
    prober: await context.prober(),
    now: () => context.now().getTime(),
  };
  // Where nothing can be written, a doctor does without copies of databases.
  await using stage = await staging(context.paths.stateDir).catch(() => null);
  return await examine({ ...request, scratch: stage?.path ?? null }, ports);
}

/** @throws ClawbackError `USAGE` for a name that is none */
export function platformNamed(name: string): Platform {
  const found = PLATFORMS.find((platform) => platform.name === name.toLowerCase());
  if (found !== undefined) return found;
  throw new ClawbackError('USAGE', `no platform is called ${name}`, {
    hint: `known are ${PLATFORMS.map((platform) => platform.name).join(', ')}`,
  });
}
