import { execFileSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Makes the package as it would be published, in a directory that is made for it; gives the tarball's path. */
export async function pack(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const npm = ['pack', '--silent', '--pack-destination', directory];
  // Its last line: what a script prints comes before it.
  const said = execFileSync('npm', npm, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  // Compiled for the package alone: a checkout runs its sources.
  await rm(join(PROJECT, 'dist'), { recursive: true });
  return join(directory, said.trim().split('\n').at(-1) ?? '');
}
