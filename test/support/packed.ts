import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/**
 * Installs that package in an empty directory as npm would, with what it says that it depends on, and nothing else, beside it; gives
 * the path of its command. The dependencies are this checkout's: no network is asked.
 */
export async function install(directory: string): Promise<string> {
  const modules = join(directory, 'node_modules');
  const there = join(modules, 'clawback');
  await mkdir(there, { recursive: true });
  execFileSync('tar', ['-xzf', await pack(directory), '-C', there, '--strip-components=1']);
  const { dependencies, bin } = JSON.parse(await readFile(join(there, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly bin: { readonly clawback: string };
  };
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(PROJECT, 'node_modules', name), join(modules, name));
  }
  const command = join(modules, '.bin/clawback');
  await mkdir(dirname(command));
  await symlink(join('../clawback', bin.clawback), command);
  return command;
}
