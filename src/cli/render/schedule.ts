import type { ComingUp } from '../../commands/schedule-coming-up.ts';
import type { ScheduleInstallResult } from '../../commands/schedule-install.ts';
import type { SchedulePrintResult } from '../../commands/schedule-print.ts';
import type { ScheduleStatusResult } from '../../commands/schedule-status.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE } from '../exit.ts';
import type { Page } from '../page.ts';
import { facts, table } from '../table.ts';
import { formatTime } from '../units.ts';

export function renderSchedulePrint({ files }: SchedulePrintResult): string {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return only.text;
  return files.map(({ name, text }) => `# ${name}\n${text}`).join('\n');
}

export function renderScheduleInstall(result: ScheduleInstallResult, page: Page): string {
  const { format, scope, place, changed, todo, jobs, instance } = result;
  const isRemoval = jobs.length === 0;
  const what =
    changed.length === 0
      ? `nothing to change: ${isRemoval ? 'nothing of' : 'the schedule of'} ${instance} is ${isRemoval ? '' : 'already '}in ${place}`
      : `${isRemoval ? 'removed from' : 'installed in'} ${place} (${format})`;
  return [
    `${what}\n`,
    ...changed.map((name) => `  ${name}\n`),
    renderJobs(jobs),
    ...todo.map((line) => `${page.styled('yellow', 'to do:')} ${line}\n`),
    changed.length === 0 || isRemoval
      ? ''
      : `\nTo undo it: clawback schedule uninstall --format ${format}${format === 'systemd' ? ` --scope ${scope}` : ''}\n`,
  ].join('');
}

export function renderScheduleStatus({ schedulers, daemon, jobs, instance }: ScheduleStatusResult, page: Page): string {
  const states = schedulers.map(({ format, scope, place, installed, upToDate }) => {
    const name = format === 'systemd' ? `systemd (${scope})` : format;
    const old = page.styled('yellow', 'differs from the config: run clawback schedule install again');
    return [
      name,
      installed ? `${place}: ${upToDate ? page.styled('green', 'installed') : old}` : 'not installed',
    ] as const;
  });
  return (
    facts([
      ['instance', instance],
      ...states,
      ['schedule run', daemon ? page.styled('green', 'running') : 'not running'],
    ]) + renderJobs(jobs)
  );
}

/** Nothing keeps the schedule, or not the one that the config says. */
export function scheduleStatusExit({ schedulers, daemon }: ScheduleStatusResult): number {
  const installed = schedulers.filter((scheduler) => scheduler.installed);
  const isKept = daemon || installed.length > 0;
  return isKept && installed.every(({ upToDate }) => upToDate) ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

function renderJobs(jobs: readonly ComingUp[]): string {
  if (jobs.length === 0) return '';
  const columns = [{ title: 'job' }, { title: 'schedule' }, { title: 'next' }];
  return `\n${table(
    columns,
    jobs.map(({ job, expression, next }) => [job, expression, formatTime(next)]),
  )}`;
}
