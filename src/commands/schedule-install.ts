import { mkdir, rmdir } from 'node:fs/promises';
import type { Format, LocalFormat } from '../core/schedule/plan.ts';
import type { SystemdScope } from '../core/schedule/systemd.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Change } from '../ports/scheduler.ts';
import { type Context, requireConfig } from './context.ts';
import { type ComingUp, comingUp } from './schedule-coming-up.ts';
import { type LocalOptions, scheduleTexts } from './schedule-texts.ts';

export interface ScheduleInstallOptions {
  readonly format: Format;
  readonly scope: SystemdScope;
}

export interface ScheduleInstallResult extends Change {
  readonly instance: string;
  readonly format: LocalFormat;
  readonly scope: SystemdScope;
  readonly place: string;
  /** What will run, and when next; empty after an uninstall. */
  readonly jobs: readonly ComingUp[];
}

/** Gives a scheduler of this host the schedule of the config; if it has it already, nothing changes. */
export async function scheduleInstall(given: ScheduleInstallOptions, context: Context): Promise<ScheduleInstallResult> {
  const { instance } = requireConfig(context);
  const options = ofThisHost(given, context);
  const scheduler = await context.openScheduler({ ...options, instance });
  const files = scheduleTexts(options, context);
  // The sandbox of a systemd service makes room only for what is there.
  for (const path of [context.paths.stateDir, context.paths.cacheDir])
    await mkdir(path, { recursive: true, mode: 0o700 });
  const { place } = scheduler;
  return { instance, ...options, place, ...(await scheduler.install(files)), jobs: comingUp(context) };
}

/** Takes all of it away again. */
export async function scheduleUninstall(
  given: ScheduleInstallOptions,
  context: Context,
): Promise<ScheduleInstallResult> {
  const { instance } = requireConfig(context);
  const options = ofThisHost(given, context);
  const scheduler = await context.openScheduler({ ...options, instance });
  const change = await scheduler.install([]);
  // Made for it, and in use since then unless they are empty.
  for (const path of [context.paths.stateDir, context.paths.cacheDir]) await rmdir(path).catch(() => undefined);
  return { instance, ...options, place: scheduler.place, ...change, jobs: [] };
}

/** @throws ClawbackError `USAGE` if there can be no such scheduler here. */
function ofThisHost({ format, scope }: ScheduleInstallOptions, { host }: Context): LocalOptions {
  if (format === 'kubernetes' || format === 'compose') {
    const apply = format === 'kubernetes' ? '| kubectl apply -f -' : '> clawback.yml, and docker compose up';
    throw new ClawbackError('USAGE', `${format} is no scheduler of this host`, {
      hint: `clawback schedule print --format ${format} ${apply}`,
    });
  }
  if (format === 'launchd' && host.platform !== 'darwin') {
    throw new ClawbackError('USAGE', 'launchd is the scheduler of macOS', {
      hint: 'choose --format systemd or cron here, or print it with clawback schedule print',
    });
  }
  return { format, scope };
}
