import type { UnitFile } from '../../ports/scheduler.ts';
import { quoteShell } from '../shell.ts';
import { fiveFields, refuseSeconds } from './cron-fields.ts';
import { commandLine, type LocalPlan, type PlannedJob } from './plan.ts';
import { refuseOtherZone } from './zone-of-host.ts';

/**
 * Lines for the crontab of a user, between two marks by which they are found again.
 *
 * @param hostZone the time zone that cron goes by.
 * @throws ClawbackError `CONFIG` for what a crontab cannot say: seconds, or another time zone than the host's.
 */
export function crontab(plan: LocalPlan, hostZone: string): readonly UnitFile[] {
  refuseOtherZone(plan, hostZone, 'cron');
  const [begin, end] = marks(plan.instance);
  const text = [begin, ...plan.jobs.map((job) => line(plan, job)), end];
  return [{ name: 'crontab', text: `${text.join('\n')}\n` }];
}

/** The first and the last line of what is ours in a crontab. */
export function marks(instance: string): readonly [begin: string, end: string] {
  return [
    `# BEGIN clawback ${instance}: made by clawback schedule install --format cron, removed by uninstall`,
    `# END clawback ${instance}`,
  ];
}

function line(plan: LocalPlan, { job, fields }: PlannedJob): string {
  refuseSeconds(fields, 'cron');
  const variables = Object.entries(plan.variables).map(([name, value]) => `${name}=${quoteShell(value)}`);
  const words = [...variables, ...commandLine(plan, job).map(quoteShell)];
  // What goes to stderr cron sends as a mail. A percent sign would end the line: crontab(5).
  return `${fiveFields(fields)} ${`${words.join(' ')} >/dev/null`.replaceAll('%', String.raw`\%`)}`;
}
