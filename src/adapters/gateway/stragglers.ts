import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY = 20;
/** The helper's parent waits for it longer than this; milliseconds. */
const PATIENCE = 4000;

/**
 * Ends every process that has this home, also one that has made itself independent of the Gateway that started it, and resolves when
 * they are gone.
 *
 * @param home a directory that nobody else has for a home
 */
export async function endStragglers(home: string): Promise<void> {
  for (let waited = 0; waited < PATIENCE; waited += LOOK_EVERY) {
    const left = processesAtHome(home);
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    }
    await sleep(LOOK_EVERY);
  }
}

function processesAtHome(home: string): number[] {
  const entry = `HOME=${home}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => environmentOf(pid).includes(entry))
    .map(Number);
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // Gone, or another user's.
    return [];
  }
}
