import { open, realpath, rename, rm, stat } from 'node:fs/promises';

/**
 * Replaces the text of a file in one step: a reader sees the old text or the new, never half of one. The mode stays, and a
 * link keeps pointing to where it did.
 */
export async function rewriteFile(path: string, text: string): Promise<void> {
  const target = await realpath(path);
  const temporary = `${target}.${process.pid}.tmp`;
  await using undo = new AsyncDisposableStack();
  {
    await using file = await open(temporary, 'wx', 0o600);
    undo.defer(() => rm(temporary, { force: true }));
    await file.writeFile(text);
    await file.chmod((await stat(target)).mode & 0o777);
    await file.sync();
  }
  await rename(temporary, target);
}
