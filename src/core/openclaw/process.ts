import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';

/** A process as `/proc` shows it; null stands for what may not be seen. */
export interface Process {
  readonly pid: number;
  /** The command line; a Gateway overwrites its own with `openclaw-gateway`. */
  readonly command: readonly string[];
  /** Clock ticks since boot, which tells a process from a later one with the same id. */
  readonly startTime: number | null;
}

/** Every process that is alive, in ascending order of id; empty where there is no `/proc` (macOS). */
export async function processIds(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** The process with this id; null if it is gone (or never was one, or is a zombie that only waits to be collected). */
export async function processById(pid: number): Promise<Process | null> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (status === null) return null;
  // The command stands in parentheses and may itself hold spaces and parentheses: count from the last one (proc(5)).
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  const started = Number(fields[19]);
  return { pid, command: commandOf(pid), startTime: Number.isFinite(started) ? started : null };
}

/**
 * The command line of a process; empty if it may not be seen, or the process is gone. Synchronous: where every process is asked, a call
 * through the thread pool takes ten times as long.
 */
export function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

/** The environment that a process was started with; null if it may not be read. */
export async function processEnvironment(pid: number): Promise<Record<string, string> | null> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => null);
  if (text === null || text === '') return null;
  const values: Record<string, string> = {};
  for (const assignment of text.split('\0')) {
    const equals = assignment.indexOf('=');
    if (equals > 0) values[assignment.slice(0, equals)] = assignment.slice(equals + 1);
  }
  return values;
}

/** A file that a process holds open, wherever its own mounts show it. */
export interface OpenFile {
  /** As the process sees it; of a deleted file, where it was. */
  readonly path: string;
  readonly deleted: boolean;
  /** Device and inode, which are the same in every mount namespace. */
  readonly identity: string;
}

/** The files that a process holds open; empty if that may not be seen. */
export async function openFiles(pid: number): Promise<OpenFile[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const files = await Promise.all(descriptors.map((name) => openFile(`/proc/${pid}/fd/${name}`)));
  return files.filter((file) => file !== null);
}

/** Device and inode of the file at a path; null if there is none. */
export async function identityOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  return found === null ? null : `${found.dev}:${found.ino}`;
}

async function openFile(descriptor: string): Promise<OpenFile | null> {
  const target = await readlink(descriptor).catch(() => '');
  if (!target.startsWith('/')) return null;
  const identity = await identityOf(descriptor);
  const deleted = target.endsWith(DELETED);
  return identity === null ? null : { path: deleted ? target.slice(0, -DELETED.length) : target, deleted, identity };
}

/** What Linux appends to the link (proc(5)). */
const DELETED = ' (deleted)';
