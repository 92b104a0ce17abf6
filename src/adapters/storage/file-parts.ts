import { link, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../ports/errors.ts';
import type { Body } from '../../ports/storage.ts';
import { isPartName, newPartName, PART_LIFETIME_MS } from './half-written.ts';

/** Read at once: a stream of a body comes in pieces of 64 KiB. 4 MiB. */
const READ_BYTES = 4 * 1024 * 1024;

/** Writes and syncs the body under a hidden name, or gives its file that name; disposing removes it. */
export async function writePart(
  directory: string,
  body: Body,
  signal: AbortSignal | undefined,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = join(directory, newPartName());
  const remove = async (): Promise<void> => {
    await unlink(path).catch(() => undefined);
  };
  const part = { path, [Symbol.asyncDispose]: remove };
  if (body.file !== undefined && (await tookOver(body.file, path))) return part;
  try {
    await using handle = await open(path, 'wx', 0o600);
    for (let at = 0; at < body.size; at += READ_BYTES) {
      signal?.throwIfAborted();
      const piece = await body.slice(at, at + READ_BYTES).arrayBuffer();
      await handle.writeFile(new Uint8Array(piece));
      // Left to the garbage collector, such pieces make it run every few of them.
      piece.transfer(0);
    }
    signal?.throwIfAborted();
    await handle.sync();
  } catch (error) {
    await remove();
    throw error;
  }
  return part;
}

/** Gives a file another name, which never overwrites; false if the file systems do not allow it. */
export async function linked(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (error) {
    if (NO_LINKS.has(systemCode(error) ?? '')) return false;
    throw error;
  }
}

/** On another file system, or on one without hard links, as FAT. */
const NO_LINKS: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** False also if another directory here has taken the file over already: two destinations are to be two copies. */
async function tookOver(file: string, path: string): Promise<boolean> {
  if (!(await linked(file, path))) return false;
  const { nlink } = await stat(path);
  if (nlink === 2) return true;
  await unlink(path);
  return false;
}

/** Removes what a killed put left behind long ago, by the clock of the file system: it may be another machine's. */
export async function clearOldParts(directory: string): Promise<void> {
  const { mtimeMs: now } = await stat(directory);
  await clearParts(directory, now - PART_LIFETIME_MS).catch(() => 0);
}

/**
 * Removes the parts in a directory, not below it, that were last written to before a moment; resolves to how many.
 *
 * @param before milliseconds since 1970, by the clock of the file system.
 */
export async function clearParts(directory: string, before: number): Promise<number> {
  let cleared = 0;
  for (const name of (await namesIn(directory)).filter(isPartName)) {
    try {
      const path = join(directory, name);
      if ((await stat(path)).mtimeMs >= before) continue;
      await unlink(path);
      cleared += 1;
    } catch (error) {
      // Its put has just ended, or another sweep was here first.
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
  return cleared;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
