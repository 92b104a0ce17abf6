import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject, test } from 'vitest';
import { proveFirstBoot } from '../support/first-boot.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const run = promisify(execFile);

const PACKAGES = 'systemd,dbus,iproute2,passwd,ca-certificates,cloud-init,nodejs,npm';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

test('a Debian that has never seen OpenClaw installs it, and Clawback, and comes back as the machine that was lost', async () => {
  await using place = await temporaryDirectory();
  // One that was made before, to save five minutes.
  const base = process.env['FIRST_BOOT_BASE'] ?? join(place.path, 'debian');
  if (process.env['FIRST_BOOT_BASE'] === undefined) {
    await run('mmdebstrap', ['--mode=root', '--variant=apt', `--include=${PACKAGES}`, 'bookworm', base]);
  }
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', place.path]);
  await proveFirstBoot({
    openclaw: inject('openclaw'),
    on: { base },
    package: `/srv/${stdout.trim()}`,
    files: {
      // However this machine reaches the registry.
      [CERTIFICATES]: await readFile(CERTIFICATES, 'utf8'),
      '/etc/resolv.conf': await readFile('/etc/resolv.conf', 'utf8'),
      '/etc/systemd/system.conf.d/npm.conf': `[Manager]\nDefaultEnvironment=NODE_EXTRA_CA_CERTS=${CERTIFICATES}\n`,
    },
    shared: { [place.path]: '/srv' },
  });
});
