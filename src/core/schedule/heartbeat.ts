import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../../ports/errors.ts';
import type { Job } from '../history.ts';

/** What the daemon of an instance says of itself, for `schedule status`. Times are ISO 8601, UTC. */
export interface Heartbeat {
  readonly pid: number;
  readonly startedAt: string;
  /** Written at least this often while the daemon lives: {@link BEAT_MS}. */
  readonly beatAt: string;
  /** When it stopped as it was told to; null while it lives, and if it was killed. */
  readonly stoppedAt: string | null;
  /** Since when the schedule has been kept, over all starts: what came due before was not missed. */
  readonly since: string;
  /** The job at work now. */
  readonly running: Job | null;
  readonly next: Readonly<Partial<Record<Job, string>>>;
  /** Start of the last good backup when people were told that the next one is overdue; null if they need not be told. */
  readonly toldOverdue: string | null;
}

/** Milliseconds between two beats at most. One that is older than three of them has stopped. */
export const BEAT_MS = 30_000;

export async function writeHeartbeat(stateDir: string, instance: string, heartbeat: Heartbeat): Promise<void> {
  const path = pathOf(stateDir, instance);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.part`;
  await writeFile(part, `${JSON.stringify(heartbeat)}\n`, { mode: 0o600 });
  await rename(part, path);
}

/** Null if no daemon has ever run here. */
export async function readHeartbeat(stateDir: string, instance: string): Promise<Heartbeat | null> {
  try {
    return JSON.parse(await readFile(pathOf(stateDir, instance), 'utf8')) as Heartbeat;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** True if the daemon that wrote it can be taken for alive. */
export function isBeating({ beatAt, stoppedAt }: Heartbeat, now: Date): boolean {
  return stoppedAt === null && Math.abs(now.getTime() - Date.parse(beatAt)) < 3 * BEAT_MS;
}

function pathOf(stateDir: string, instance: string): string {
  return join(stateDir, 'schedule', `${instance}.json`);
}
