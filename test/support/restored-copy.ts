import { cp, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { settle } from '../../src/core/openclaw/settle.ts';

/** One step, as a backup does it: a Gateway that writes would make a copy in steps start over for ever. */
const IN_ONE_STEP = 2147483647;

/** Left out of every backup: what is made again, and databases that are nothing but locks. */
const LEFT_OUT = ['cache', 'tmp', 'logs'];

/** Copies a live state directory, databases consistently, into a directory that does not exist; fit to be booted. */
export async function restoredCopy(stateDir: string, copy: string): Promise<string> {
  const isKept = (path: string): boolean => !LEFT_OUT.includes(relative(stateDir, path).split('/')[0] ?? '');
  await cp(stateDir, copy, {
    recursive: true,
    filter: (path) => isKept(path) && !/\.sqlite(-\w+)?$|\.sock$/.test(path),
  });
  for (const entry of await readdir(stateDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !path.endsWith('.sqlite') || !isKept(path)) continue;
    using database = new DatabaseSync(path, { readOnly: true });
    await backup(database, join(copy, relative(stateDir, path)), { rate: IN_ONE_STEP });
  }
  await settle({ stateDir: copy, moves: [] });
  return copy;
}
