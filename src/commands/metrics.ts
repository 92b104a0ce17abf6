import { rename, rm, writeFile } from 'node:fs/promises';
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

/** Replaces the textfile of node_exporter in one step, if the config names one. That it cannot is a warning. */
export async function writeTextfile(context: Context): Promise<void> {
  const path = context.config?.metrics.textfile ?? null;
  if (path === null) return;
  // The collector reads whatever ends in .prom.
  const part = `${path}.${process.pid}.part`;
  try {
    // Others than this user read it, and it holds no secret.
    await writeFile(part, await currentMetrics(context), { mode: 0o644 });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    context.warn(`the metrics could not be written to ${path}: ${String(error)}`);
  }
}
