import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything below a directory: content of files, `-> target` of links, null of directories; by relative path. */
export async function listing(directory: string): Promise<Record<string, string | null>> {
  const found = new Map<string, string | null>();
  await list(directory, '', found);
  // Unlike an assignment, this takes `__proto__` for a name like any other.
  return Object.fromEntries(found);
}

async function list(directory: string, below: string, found: Map<string, string | null>): Promise<void> {
  for (const name of (await readdir(join(directory, below))).sort()) {
    const relative = join(below, name);
    const path = join(directory, relative);
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) found.set(relative, `-> ${await readlink(path)}`);
    else found.set(relative, stats.isFile() ? await readFile(path, 'utf8') : null);
    // `readdir` of itself would go on through links to directories.
    if (stats.isDirectory()) await list(directory, relative, found);
  }
}
