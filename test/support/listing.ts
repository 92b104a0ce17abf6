import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything below a directory: content of files, `-> target` of links, null of directories; by relative path. */
export async function listing(directory: string): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const name of (await readdir(directory, { recursive: true })).sort()) {
    const path = join(directory, name);
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) found[name] = `-> ${await readlink(path)}`;
    else found[name] = stats.isFile() ? await readFile(path, 'utf8') : null;
  }
  return found;
}
