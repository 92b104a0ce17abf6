import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isRecord, textOf } from './config-value.ts';
import type { Located } from './locate.ts';
import { isWithin, realPath } from './paths.ts';
import { commandOf, identityOf, type OpenFile, openFiles, type Process, processById, processIds } from './process.ts';

/** A Gateway that is alive. */
export interface RunningGateway {
  readonly pid: number;
  /** How that is known, for a person. */
  readonly evidence: string;
  readonly port: number | null;
}

interface Lock {
  readonly path: string;
  readonly pid: number;
  readonly startTime: number | null;
  readonly port: number | null;
  readonly configPath: string | null;
  readonly stateDir: string | null;
}

/**
 * The Gateway that uses this state directory now; null if there is none.
 *
 * A lock file counts only if its process is alive, is the same one (start time), and is an OpenClaw: locks come along in
 * copies and outlive a crash. Failing that, any OpenClaw counts that holds a database of this directory open, whatever
 * path it knows it by (a container's), or one that was deleted here under it. What may not be seen (a process of another
 * user, without root) is not found.
 */
export async function runningGateway(located: Located): Promise<RunningGateway | null> {
  const stateDir = realPath(located.stateDir);
  for (const lock of await readLocks(stateDir)) {
    if (!isFor(lock, located, stateDir)) continue;
    const owner = await processById(lock.pid);
    if (owner !== null && isOwner(lock, owner))
      return { pid: lock.pid, evidence: `lock ${lock.path}`, port: lock.port };
  }
  const databases = await databasesIn(stateDir);
  const isHeld = (file: OpenFile): boolean =>
    databases.has(file.identity) || (file.deleted && isWithin(file.path, stateDir) && isDatabase(file.path));
  for (const { pid } of await openClawProcesses()) {
    const held = (await openFiles(pid)).find(isHeld);
    if (held !== undefined) return { pid, evidence: `process ${pid} holds ${held.path} open`, port: null };
  }
  return null;
}

/** Every OpenClaw that is alive and may be seen, its command line tools included. */
export async function openClawProcesses(): Promise<Process[]> {
  const likely = (await processIds()).filter((pid) => isOpenClaw(commandOf(pid)));
  const processes = await Promise.all(likely.map(processById));
  return processes.filter((process) => process !== null);
}

/** Up to 2026.6 the locks of all state directories of a user stand together in `/tmp`. */
async function readLocks(stateDir: string): Promise<Lock[]> {
  const locks: Lock[] = [];
  for (const temporary of [join(stateDir, 'tmp'), '/tmp']) {
    const directories = (await namesIn(temporary)).filter((name) => /^openclaw(?:-\d+)?$/.test(name));
    for (const directory of directories.map((name) => join(temporary, name))) {
      const names = (await namesIn(directory)).filter((name) => /^gateway\..+\.lock$/.test(name));
      for (const name of names) locks.push(...(await readLock(join(directory, name))));
    }
  }
  return locks;
}

async function readLock(path: string): Promise<Lock[]> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isRecord(value) || typeof value['pid'] !== 'number') return [];
    const { pid, startTime, port } = value;
    return [
      {
        path,
        pid,
        startTime: typeof startTime === 'number' ? startTime : null,
        port: typeof port === 'number' ? port : null,
        configPath: textOf(value['configPath']),
        stateDir: textOf(value['stateDir']),
      },
    ];
  } catch {
    // Gone, or half written: a Gateway that is only starting is found by what it holds open.
    return [];
  }
}

/** A lock in a copied state directory speaks of the original; older locks name the config alone. */
function isFor(lock: Lock, located: Located, stateDir: string): boolean {
  if (lock.stateDir !== null) return realPath(lock.stateDir) === stateDir;
  return lock.configPath === located.configPath;
}

/** The start time alone proves it; a lock without one needs a process that looks like OpenClaw. */
function isOwner(lock: Lock, owner: Process): boolean {
  if (lock.startTime !== null && owner.startTime !== null) return lock.startTime === owner.startTime;
  return isOpenClaw(owner.command);
}

/** As OpenClaw recognises its own (`infra/gateway-process-argv.ts`), also after it has renamed itself. */
function isOpenClaw(command: readonly string[]): boolean {
  const [program = ''] = command;
  if (/^openclaw(?:-gateway)?$/.test(basename(program))) return true;
  return command
    .slice(0, 3)
    .some((word) => /(?:^|\/)openclaw(?:\.mjs)?$|openclaw\/dist\/(?:index|entry)\.m?js$/.test(word));
}

/** Shells and editors that OpenClaw starts may hold a file of the workspace open; only OpenClaw holds its databases. */
function isDatabase(path: string): boolean {
  return /\.sqlite(?:-wal|-shm)?$/.test(path);
}

async function databasesIn(stateDir: string): Promise<Set<string>> {
  const agents = await namesIn(join(stateDir, 'agents'));
  const paths = [
    join(stateDir, 'state', 'openclaw.sqlite'),
    ...agents.map((id) => join(stateDir, 'agents', id, 'agent', 'openclaw-agent.sqlite')),
  ];
  const identities = await Promise.all(paths.map(identityOf));
  return new Set(identities.filter((identity) => identity !== null));
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
