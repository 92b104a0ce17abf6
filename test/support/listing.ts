import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything below a directory: content of files, `-> target` of links, null of directories; by relative path. */
export async function listing(directory: string, below = ''): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const name of (await readdir(join(directory, below))).sort()) {
    const relative = join(below, name);
    const path = join(directory, relative);
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) found[relative] = `-> ${await readlink(path)}`;
    else found[relative] = stats.isFile() ? await readFile(path, 'utf8') : null;
    // `readdir` of itself would go on through links to directories.
    if (stats.isDirectory()) Object.assign(found, await listing(directory, relative));
  }
  return found;
}
