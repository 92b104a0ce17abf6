import { History } from '../core/history.ts';
import { metricsText } from '../core/metrics.ts';
import { backupDue } from '../core/schedule/backup-due.ts';
import { type Context, requireConfig } from './context.ts';

/** The numbers of this instance as they are now, in the Prometheus exposition format. */
export async function currentMetrics(context: Context): Promise<string> {
  const { instance, schedule } = requireConfig(context);
  const runs = await new History(context.paths.stateDir, instance).runs();
  const last = runs.findLast(({ job, ok }) => job === 'backup' && ok);
  const due = last === undefined ? null : backupDue(Date.parse(last.startedAt), schedule);
  return metricsText({ instance, runs, due });
}
