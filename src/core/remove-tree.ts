import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../ports/errors.ts';

/** For what the processes of a run that was killed still write while they end: up to five seconds in all. */
const PATIENTLY = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

/**
 * Removes what is at a path with everything in it, or nothing if nothing is there; also directories that were captured
 * without write permission (Go's module cache is full of them), at which plain `rm` stops for any user but root.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, PATIENTLY);
  } catch (error) {
    if (systemCode(error) !== 'EACCES') throw error;
    await openUp(path);
    await rm(path, PATIENTLY);
  }
}

async function openUp(directory: string): Promise<void> {
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(join(directory, entry.name));
  }
}
