import { JOBS } from '../core/history.ts';
import { ClawbackError, hasCode } from '../ports/errors.ts';
import type { HeldLock } from '../ports/lock.ts';
import { type Context, requireConfig } from './context.ts';
import { Keeper, type RunCounts } from './keeper.ts';
import { currentMetrics } from './metrics.ts';

export interface ScheduleRunResult {
  readonly instance: string;
  readonly startedAt: string;
  readonly stoppedAt: string;
  readonly runs: RunCounts;
}

/** What is at work when the daemon is told to stop may take so long to finish, in milliseconds. */
const FINISH_MS = 5000;

/** Keeps the schedule of the config until it is told to stop; on SIGHUP it reads the config again. */
export async function scheduleRun(context: Context): Promise<ScheduleRunResult> {
  const { instance } = requireConfig(context);
  const startedAt = context.now().toISOString();
  await using _only = await onlyDaemon(instance, context);
  await using _metrics = await metricsServer(context);
  const keeper = new Keeper(context, { jobs: JOBS, finish: FINISH_MS, atOnce: true });
  using _hangup = context.signals.take(['SIGHUP'], () => {
    void keeper.reload();
  });
  context.say(`keeping the schedule of ${instance}`);
  await keeper.keep(context.signal);
  return { instance, startedAt, stoppedAt: context.now().toISOString(), runs: keeper.runs() };
}

/** Null unless the config asks for it; its address is taken once, and not again on SIGHUP. */
async function metricsServer(context: Context): Promise<AsyncDisposable | null> {
  const { listen } = requireConfig(context).metrics;
  if (listen === null) return null;
  const server = await context.serveMetrics(listen, () => currentMetrics(context));
  context.say(`metrics are served on http://${listen.host}:${server.port}/metrics`);
  return server;
}

/** What the one daemon of an instance on this host holds; no instance can have this name. */
export function daemonLock(instance: string): string {
  return `${instance}@schedule`;
}

/** @throws ClawbackError `LOCKED` if this instance has a daemon on this host. */
async function onlyDaemon(instance: string, context: Context): Promise<HeldLock> {
  try {
    return await context.lock.acquire(daemonLock(instance));
  } catch (error) {
    if (!hasCode(error, 'LOCKED')) throw error;
    throw new ClawbackError('LOCKED', `a daemon keeps the schedule of ${instance} already`, {
      hint: 'clawback schedule status says which; stop that one first, or let it go on',
      cause: error,
    });
  }
}
