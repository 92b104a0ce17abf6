import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system that is mounted until the end of its scope. Needs root, as the tests of mounts do anyway. */
export type Volume = AsyncDisposable;

/** An ext4 disk of its own behind a loop device; `inodes` is how many files it can hold. */
export async function loopVolume(path: string, disk: { mebibytes: number; inodes?: number }): Promise<Volume> {
  const scratch = await mkdtemp(join(tmpdir(), 'clawback-disk-'));
  const image = join(scratch, 'image');
  await writeFile(image, '');
  await truncate(image, disk.mebibytes * 1024 * 1024);
  const inodes = disk.inodes === undefined ? [] : ['-N', String(disk.inodes)];
  execFileSync('mkfs.ext4', ['-q', '-m', '0', ...inodes, image]);
  await mkdir(path, { recursive: true });
  execFileSync('mount', ['-o', 'loop', image, path]);
  return mounted(path, scratch);
}

/** A write layer over an empty image, as containers have it. */
export async function overlayVolume(path: string): Promise<Volume> {
  const scratch = await mkdtemp(join(tmpdir(), 'clawback-layer-'));
  for (const name of ['lower', 'upper', 'work']) await mkdir(join(scratch, name));
  // An overlay cannot lie on an overlay, which the temporary directory may be on.
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', scratch]);
  for (const name of ['lower', 'upper', 'work']) await mkdir(join(scratch, name));
  const layers = `lowerdir=${scratch}/lower,upperdir=${scratch}/upper,workdir=${scratch}/work`;
  await mkdir(path, { recursive: true });
  execFileSync('mount', ['-t', 'overlay', '-o', layers, 'overlay', path]);
  const inner = mounted(path);
  return {
    [Symbol.asyncDispose]: async () => {
      await inner[Symbol.asyncDispose]();
      execFileSync('umount', ['--lazy', scratch]);
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

export async function memoryVolume(path: string): Promise<Volume> {
  await mkdir(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', path]);
  return mounted(path);
}

/** One directory shown at another place, as a container engine mounts its volumes. */
export async function boundVolume(from: string, path: string): Promise<Volume> {
  for (const directory of [from, path]) await mkdir(directory, { recursive: true });
  execFileSync('mount', ['--bind', from, path]);
  return mounted(path);
}

export function makeReadOnly(path: string): void {
  execFileSync('mount', ['-o', 'remount,ro', path]);
}

function mounted(path: string, scratch?: string): Volume {
  return {
    [Symbol.asyncDispose]: async () => {
      execFileSync('umount', ['--lazy', path]);
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
    },
  };
}
