import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClawbackError, systemCode } from '../../ports/errors.ts';

/**
 * Writes a file that holds a secret: readable by its owner alone from its first byte, on disk when this resolves.
 * Directories that are missing are made, with mode 0700.
 *
 * @throws ClawbackError `EXISTS` if there is a file of that name, which stays as it is: a key that is overwritten takes
 *   every snapshot with it.
 */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') {
      throw new ClawbackError('EXISTS', `${path} exists already and is never overwritten`, {
        hint: 'choose another name, or move that file to a safe place first',
        cause,
      });
    }
    throw new ClawbackError('FAILED', `cannot write ${path}: ${describe(cause)}`, { cause });
  }
}

/** Writes a file that holds a secret in the place of an older one, which is whole until the new one is. */
export async function replaceSecretFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  await writeSecretFile(fresh, text);
  await rename(fresh, path);
}

/**
 * The bytes of a key file.
 *
 * @param what names it in messages: `identity file`.
 * @throws ClawbackError `CONFIG` if it is missing or cannot be read.
 */
export async function readKeyFile(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ClawbackError('CONFIG', `cannot read the ${what} ${path}: ${describe(cause)}`, {
      hint: systemCode(cause) === 'ENOENT' ? `check the path, or put the ${what} there` : 'check who may read it',
      cause,
    });
  }
}

function describe(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return 'no such file';
    case 'EACCES':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a directory';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
