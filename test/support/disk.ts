import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';

/** A small disk of its own, mounted at `path` until the end of its scope. Needs root, as the tests of mounts do anyway. */
export async function smallDisk(path: string, mebibytes: number): Promise<Disposable> {
  await mkdir(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path]);
  return { [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', path]) };
}
