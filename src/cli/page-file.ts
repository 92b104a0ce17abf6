import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClawbackError, systemCode } from '../ports/errors.ts';

/** A file that will hold a page; disposing before the page is written leaves what was there before. */
export interface PageFile extends AsyncDisposable {
  /** Puts the whole page there at once, in the place of one that was there. */
  write(text: string): Promise<void>;
}

/**
 * Makes sure that a page can be written to `path`, before the work begins whose result it will show.
 *
 * @throws ClawbackError `USAGE` if it is a directory, or lies in none; `DENIED`
 */
export async function pageFile(path: string): Promise<PageFile> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isDirectory) throw new ClawbackError('USAGE', `${path} is a directory`, { hint: 'name a file: drill.html' });
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  const file = await open(part, 'w').catch((cause: unknown) => {
    throw refusal(path, cause);
  });
  return {
    async write(text) {
      await file.writeFile(text);
      await file.sync();
      await rename(part, path);
    },
    async [Symbol.asyncDispose]() {
      await file.close();
      await rm(part, { force: true });
    },
  };
}

function refusal(path: string, cause: unknown): ClawbackError {
  switch (systemCode(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new ClawbackError('USAGE', `there is no directory ${dirname(path)}`, { hint: 'make it first', cause });
    case 'EACCES':
    case 'EROFS':
      return new ClawbackError('DENIED', `cannot write to ${dirname(path)}`, { hint: 'choose another place', cause });
    default:
      return new ClawbackError('FAILED', `cannot write ${path}: ${String(cause)}`, { cause });
  }
}
