import type { LocalFormat } from '../core/schedule/plan.ts';
import type { SystemdScope } from '../core/schedule/systemd.ts';
import { ClawbackError, hasCode } from '../ports/errors.ts';
import type { UnitFile } from '../ports/scheduler.ts';
import { type Context, requireConfig } from './context.ts';
import { type ComingUp, comingUp } from './schedule-coming-up.ts';
import { daemonLock } from './schedule-run.ts';
import { type LocalOptions, scheduleTexts } from './schedule-texts.ts';

export interface ScheduleStatusResult {
  readonly instance: string;
  readonly schedulers: readonly {
    readonly format: LocalFormat;
    readonly scope: SystemdScope;
    readonly place: string;
    readonly installed: boolean;
    /** False if what is installed is not what the config says now. */
    readonly upToDate: boolean;
  }[];
  /** True if `clawback schedule run` keeps the schedule. */
  readonly daemon: boolean;
  readonly jobs: readonly ComingUp[];
}

/** Which schedulers of this host have the schedule of the config, and what comes up; changes nothing. */
export async function scheduleStatus(context: Context): Promise<ScheduleStatusResult> {
  const { instance } = requireConfig(context);
  const possible = context.host.platform === 'darwin' ? ON_MACOS : ON_LINUX;
  const schedulers = await Promise.all(possible.map((options) => stateOf(options, context)));
  return { instance, schedulers, daemon: await isKept(instance, context), jobs: comingUp(context) };
}

const ON_LINUX: readonly LocalOptions[] = [
  { format: 'systemd', scope: 'user' },
  { format: 'systemd', scope: 'system' },
  { format: 'cron', scope: 'user' },
];

const ON_MACOS: readonly LocalOptions[] = [
  { format: 'launchd', scope: 'user' },
  { format: 'cron', scope: 'user' },
];

async function stateOf(options: LocalOptions, context: Context): Promise<ScheduleStatusResult['schedulers'][number]> {
  const { instance } = requireConfig(context);
  const scheduler = await context.openScheduler({ ...options, instance });
  // A scheduler that is not there has nothing installed.
  const installed = await scheduler.installed().catch(orNone);
  const wanted = await Promise.try(() => scheduleTexts(options, context)).catch(orNone);
  const isInstalled = installed.length > 0;
  return {
    ...options,
    place: scheduler.place,
    installed: isInstalled,
    upToDate: isInstalled && isSame(installed, wanted),
  };
}

/** None of what the scheduler cannot say, or cannot be asked. */
function orNone(error: unknown): readonly UnitFile[] {
  if (error instanceof ClawbackError) return [];
  throw error;
}

function isSame(installed: readonly UnitFile[], wanted: readonly UnitFile[]): boolean {
  return (
    installed.length === wanted.length &&
    wanted.every(({ name, text }) => installed.some((file) => file.name === name && file.text === text))
  );
}

async function isKept(instance: string, { lock }: Context): Promise<boolean> {
  try {
    await using _free = await lock.acquire(daemonLock(instance));
    return false;
  } catch (error) {
    if (hasCode(error, 'LOCKED')) return true;
    throw error;
  }
}
