import type { ScheduleRunResult } from '../../commands/schedule-run.ts';
import { facts } from '../table.ts';

export function renderScheduleRun({ instance, startedAt, stoppedAt, runs }: ScheduleRunResult): string {
  return facts([
    ['instance', instance],
    ['kept from', `${startedAt} to ${stoppedAt}`],
    ...Object.entries(runs).map(([job, { ok, failed }]) => [job, `${ok} done, ${failed} failed`] as const),
  ]);
}
