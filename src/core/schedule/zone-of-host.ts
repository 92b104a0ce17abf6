import { ClawbackError } from '../../ports/errors.ts';
import type { Plan } from './plan.ts';

/**
 * @throws ClawbackError `CONFIG` if the scheduler goes by another clock than the one that the schedule is meant on.
 */
export function refuseOtherZone({ timezone }: Plan, hostZone: string, format: string): void {
  if (canonical(timezone) === canonical(hostZone)) return;
  throw new ClawbackError(
    'CONFIG',
    `${format} goes by the clock of this host, ${hostZone}, and the schedule by ${timezone}`,
    {
      hint: `set schedule.timezone to '${hostZone}', or keep the schedule with systemd or clawback schedule run`,
    },
  );
}

/** One of the names that a zone has: `Etc/UTC` is `UTC`. */
function canonical(name: string): string {
  return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
}
