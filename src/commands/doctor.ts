import { doctor as examine } from '../core/doctor.ts';
import type { Platform } from '../core/doctor/platform.ts';
import { PLATFORMS } from '../core/doctor/platforms.ts';
import type { DoctorReport } from '../core/doctor/report.ts';
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
  // Where nothing can be written, a doctor does without copies of databases.
  await using stage = await staging(paths.stateDir).catch(() => null);
  return await examine(
    {
      stateDir: options.stateDir === undefined ? undefined : absolute(options.stateDir),
      configured: context.config?.stateDir ?? undefined,
      log: options.log === undefined ? undefined : absolute(options.log),
      online: options.online,
      platform,
      scratch: stage?.path ?? null,
    },
    { host, machine: await context.machine(), prober: await context.prober(), now: () => context.now().getTime() },
  );
}

/** @throws ClawbackError `USAGE` for a name that is none */
export function platformNamed(name: string): Platform {
  const found = PLATFORMS.find((platform) => platform.name === name.toLowerCase());
  if (found !== undefined) return found;
  throw new ClawbackError('USAGE', `no platform is called ${name}`, {
    hint: `known are ${PLATFORMS.map((platform) => platform.name).join(', ')}`,
  });
}
