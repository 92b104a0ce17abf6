import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClawbackError, hasCode } from '../ports/errors.ts';
import type { HeldLock, InstanceLock } from '../ports/lock.ts';

/** SQLite's code for "someone else holds the lock". */
const BUSY = 5;

const LOOK_AGAIN_MS = 100;

/**
 * Locks of this host, one small database each: SQLite's file lock is the kernel's, which drops it when the process ends,
 * by `kill -9` too. A pid file would outlive its process, and name another one after the next start of the machine.
 *
 * @param directory is made if missing.
 * @param now ISO 8601, for the message that others see.
 */
export function hostLock(directory: string, now: () => string): InstanceLock {
  return {
    async acquire(instance, waiting) {
      for (let isFirst = true; ; isFirst = false) {
        try {
          return take(directory, instance, now());
        } catch (error) {
          if (waiting === undefined || !hasCode(error, 'LOCKED')) throw error;
          if (isFirst) waiting.onWait(error.message);
          await pause(waiting.signal);
        }
      }
    },
  };
}

/** The kernel tells nobody when a lock becomes free; a look costs less than a millisecond. */
async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  } catch (cause) {
    throw new ClawbackError('ABORTED', 'interrupted', { cause });
  }
}

function take(directory: string, instance: string, since: string): HeldLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const holder = join(directory, `${instance}.json`);
  const database = new DatabaseSync(join(directory, `${instance}.lock`));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw isBusy(cause) ? locked(instance, holder, cause) : cannotLock(directory, cause);
  }
  writeFileSync(holder, JSON.stringify({ pid: process.pid, since }));
  return held(database, holder);
}

function held(database: DatabaseSync, holder: string): HeldLock {
  return {
    [Symbol.asyncDispose]() {
      // In this order: after closing, the file may be another process's already.
      rmSync(holder, { force: true });
      database.close();
      return Promise.resolve();
    },
  };
}

function locked(instance: string, holder: string, cause: unknown): ClawbackError {
  const { pid, since } = readHolder(holder);
  return new ClawbackError('LOCKED', `another run works on ${instance}: process ${pid}, since ${since}`, {
    hint: 'wait until it is done; a process that has died holds no lock',
    cause,
  });
}

/** The note may be missing for the instant between taking the lock and writing it. */
function readHolder(path: string): { readonly pid: string; readonly since: string } {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as { readonly pid: number; readonly since: string };
    return { pid: String(note.pid), since: note.since };
  } catch {
    return { pid: 'unknown', since: 'just now' };
  }
}

function cannotLock(directory: string, cause: unknown): ClawbackError {
  return new ClawbackError('FAILED', `cannot take a lock in ${directory}: ${String(cause)}`, {
    hint: 'check that the directory is writable and its disk is not full',
    cause,
  });
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY;
}
