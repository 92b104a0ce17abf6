import { execFileSync } from 'node:child_process';

const NOBODY = 65_534;

/**
 * Runs as a user whom permissions hold for, with `directory` and all in it made that user's: tests often run as root, for
 * whom every file is readable and every directory writable.
 */
export async function unprivileged<T>(directory: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  execFileSync('chown', ['--recursive', '--no-dereference', `${NOBODY}:${NOBODY}`, directory]);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
