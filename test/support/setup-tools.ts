import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
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
  nsenter: 'util-linux',
  sshd: 'openssh-server',
  'ssh-agent': 'openssh-client',
  apache2: 'apache2',
  nginx: 'nginx-light',
  rclone: 'rclone',
  restic: 'restic',
  radosgw: 'radosgw',
  'ceph-mon': 'ceph-mon',
  'ceph-osd': 'ceph-osd',
  chromium: 'chromium',
  'systemd-analyze': 'systemd',
  crontab: 'cron',
  'cloud-init': 'cloud-init',
  mmdebstrap: 'mmdebstrap',
};

/** Debian package of each module that a server or a script loads. */
const MODULES = {
  '/usr/lib/nginx/modules/ngx_http_dav_ext_module.so': 'libnginx-mod-http-dav-ext',
  '/usr/lib/python3/dist-packages/prometheus_client/parser.py': 'python3-prometheus-client',
  '/usr/lib/python3/dist-packages/botocore/validate.py': 'python3-botocore',
};

/** Debian asks this script whether a service that was installed may start; 101 is no. */
const POLICY = '/usr/sbin/policy-rc.d';

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
  await using _policy = await noServices();
  await apt('update').catch(() => undefined);
  await apt('install', '-y', '--no-install-recommends', ...missing);
  const still = await missingPackages();
  if (still.length > 0) throw new Error(`apt-get did not provide ${still.join(' ')}`);
}

async function missingPackages(): Promise<string[]> {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const missing = new Set<string>();
  for (const [command, name] of Object.entries(PACKAGES)) {
    if ((await locate(command, path)) === undefined) missing.add(name);
  }
  for (const [file, name] of Object.entries(MODULES)) if (!existsSync(file)) missing.add(name);
  return [...missing];
}

/** Keeps the servers that are installed from starting on the ports of the machine. */
async function noServices(): Promise<AsyncDisposable> {
  if (existsSync(POLICY)) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return { [Symbol.asyncDispose]: () => rm(POLICY, { force: true }) };
}
