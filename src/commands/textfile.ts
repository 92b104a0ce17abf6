import { rename, rm, writeFile } from 'node:fs/promises';
import type { Context } from './context.ts';

/** Replaces the textfile of node_exporter in one step, if the config names one. That it cannot is a warning. */
export async function writeTextfile(context: Context): Promise<void> {
  const path = context.config?.metrics.textfile ?? null;
  if (path === null) return;
  // The collector reads whatever ends in .prom.
  const part = `${path}.${process.pid}.part`;
  try {
    // Most configs name none, and it knows the calendar, which takes its time to load.
    const { currentMetrics } = await import('./metrics.ts');
    // Others than this user read it, and it holds no secret.
    await writeFile(part, await currentMetrics(context), { mode: 0o644 });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    context.warn(`the metrics could not be written to ${path}: ${String(error)}`);
  }
}
