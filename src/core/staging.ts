import { mkdir, open, readdir, readlink, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { removeTree } from './remove-tree.ts';
import { mendSwap } from './restore/swap.ts';

/** A private directory (0700) for what must be on the disk in clear for a while: database copies, restored files. */
export interface Staging extends AsyncDisposable {
  readonly path: string;
}

/** `<pid>-<start time>-<random>`: tells a run that was killed from one at work, even when its pid is used again. */
const NAME = /^(\d+)-(\d+)-[0-9a-f-]{36}$/;
const PREFIX = '.clawback-';

/**
 * Makes a staging directory in Clawback's work directory, or `beside` something that it will be renamed to; and removes
 * those that killed runs left, wherever they were. Disposing removes it with everything in it.
 */
export async function staging(workDir: string, beside?: string): Promise<Staging> {
  const registry = registryOf(workDir);
  await mkdir(registry, { recursive: true, mode: 0o700 });
  await sweepStaging(workDir);
  const name = `${process.pid}-${(await startTimeOf(process.pid)) ?? 0}-${crypto.randomUUID()}`;
  const entry = join(registry, name);
  const path = beside === undefined ? entry : join(beside, PREFIX + name);
  // Registered first: a kill between the two leaves a link to nothing, not a directory that nobody knows.
  if (beside !== undefined) await symlink(path, entry);
  await mkdir(path, { mode: 0o700 });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await removeTree(path);
      await removeTree(entry);
    },
  };
}

/** Removes what killed runs left, wherever it is; and mends the installation if they were killed while they replaced it. */
export async function sweepStaging(workDir: string): Promise<void> {
  const registry = registryOf(workDir);
  const dead: { entry: string; path: string }[] = [];
  for (const name of await readdir(registry).catch(() => [])) {
    const [, pid, startTime] = NAME.exec(name) ?? [];
    if (pid === undefined || (await startTimeOf(Number(pid))) === Number(startTime)) continue;
    const entry = join(registry, name);
    const path = await readlink(entry).catch(() => entry);
    dead.push({ entry, path: path === entry || basename(path) === PREFIX + name ? path : entry });
  }
  // All of them before any is removed: a swap may bring in what lies in several.
  for (const { path } of dead) await mendSwap(path);
  for (const { entry, path } of dead) {
    await removeTree(path);
    await removeTree(entry);
  }
}

function registryOf(workDir: string): string {
  return join(workDir, 'staging');
}

/** When a process started, in clock ticks since boot; 0 where there is no /proc; null if it is gone. */
async function startTimeOf(pid: number): Promise<number | null> {
  try {
    await using file = await open(`/proc/${pid}/stat`);
    const text = await file.readFile('utf8');
    // The second field is the command's name in parentheses, which may hold anything; the 22nd is the start time.
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return isAlive(pid) ? 0 : null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
