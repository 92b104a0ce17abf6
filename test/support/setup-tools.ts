import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { locate } from '../../src/adapters/gateway/openclaw-package.ts';

const run = promisify(execFile);

/** Debian package of each command that the tests run. */
const PACKAGES = {
  age: 'age',
  zstd: 'zstd',
  tar: 'tar',
  sqlite3: 'sqlite3',
  openssl: 'openssl',
  python3: 'python3',
  unshare: 'util-linux',
  mount: 'mount',
  ip: 'iproute2',
  strace: 'strace',
};

/** Installs the stock tools that the tests compare with, where that is allowed; names them otherwise. */
export async function setup(): Promise<void> {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Error(`the tests need these packages: ${missing.join(' ')} (sudo apt-get install ${missing.join(' ')})`);
  }
  // Both test projects may come here at once; apt waits for its own lock when told to.
  const apt = (...words: string[]) =>
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...words], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  await apt('update').catch(() => undefined);
  await apt('install', '-y', ...missing);
  const still = await missingPackages();
  if (still.length > 0) throw new Error(`apt-get did not provide ${still.join(' ')}`);
}

async function missingPackages(): Promise<string[]> {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const missing = new Set<string>();
  for (const [command, name] of Object.entries(PACKAGES)) {
    if ((await locate(command, path)) === undefined) missing.add(name);
  }
  return [...missing];
}
