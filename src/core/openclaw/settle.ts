import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import { Relocation } from './moves.ts';
import { isWithin } from './paths.ts';
import type { Restored, Settled } from './restored.ts';
import { settleAgentDatabase, settleQuarantine, settleStateDatabase } from './settle-databases.ts';
import { dropQueueFiles, jobsInFile, rewriteConfigFiles, rewriteJsonFiles } from './settle-files.ts';

/**
 * Makes a restored copy fit to start: removes what was bound to the old process (leases, the queue of deliveries,
 * expiring blobs, the approval socket's token: what OpenClaw's own backup removes), and rewrites the absolute paths that
 * are part of the state if it goes to another place. Databases are left closed, with nothing beside them.
 *
 * Doing it twice does no more than doing it once.
 *
 * @throws ClawbackError `FAILED` if a database or a config cannot be rewritten, or if the Gateway would see fewer cron
 *   jobs than the copy holds; the copy must then not be used
 */
export async function settle(restored: Restored): Promise<Settled> {
  const { stateDir, moves } = restored;
  const rewritten: { path: string; values: number }[] = [];
  const counting = async <T>(path: string, work: (relocation: Relocation) => Promise<T> | T): Promise<T> => {
    const relocation = new Relocation(moves, restored.homes ?? null);
    const result = await work(relocation);
    const name = isWithin(path, stateDir) ? relative(stateDir, path) : path;
    if (relocation.values > 0) rewritten.push({ path: name, values: relocation.values });
    return result;
  };

  const keepQueue = restored.keepQueue === true;
  const control = join(stateDir, 'state', 'openclaw.sqlite');
  const { cronJobs, ...removed } = existsSync(control)
    ? await counting(control, (relocation) => settleStateDatabase(control, { relocation, keepQueue }))
    : { leases: 0, queued: 0, cronJobs: await jobsInFile(stateDir) };
  let { leases, queued } = removed;
  for (const path of await agentDatabases(restored)) {
    leases += await counting(path, (relocation) => settleAgentDatabase(path, relocation));
  }
  const quarantine = join(stateDir, 'state', 'openclaw-quarantine.sqlite');
  if (existsSync(quarantine)) {
    await counting(quarantine, (relocation) => {
      settleQuarantine(quarantine, relocation);
    });
  }
  if (!keepQueue) queued += await dropQueueFiles(stateDir);
  await rewriteJsonFiles(stateDir, counting);
  if (moves.length > 0) await rewriteConfigFiles(restored, counting);

  if (cronJobs.after < cronJobs.before) {
    throw new ClawbackError(
      'FAILED',
      `${cronJobs.before - cronJobs.after} of ${cronJobs.before} cron jobs would be lost`,
      {
        hint: 'restore to the path that the snapshot was taken from',
      },
    );
  }
  return { leases, queued, rewritten, cronJobs };
}

async function agentDatabases({ stateDir, agentDirs = [] }: Restored): Promise<string[]> {
  const ids = await readdir(join(stateDir, 'agents')).catch(() => []);
  const directories = [...ids.map((id) => join(stateDir, 'agents', id, 'agent')), ...agentDirs];
  return directories.map((directory) => join(directory, 'openclaw-agent.sqlite')).filter((path) => existsSync(path));
}
