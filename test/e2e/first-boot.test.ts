import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { type FreshMachine, freshMachine } from '../support/fresh-machine.ts';
import { addCronJob } from '../support/openclaw-content.ts';
import { pairDevice } from '../support/openclaw-devices.ts';
import { startGateway } from '../support/openclaw.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TOKEN = 'the token that every browser knows';
const ASK = fileURLToPath(new URL('../support/ask-gateway.ts', import.meta.url));

test('cloud-init makes a fresh machine with an empty home the one that was lost, with a healthy Gateway that is backed up again', async () => {
  await using place = await temporaryDirectory();
  const home = join(place.path, 'old-home');
  const nas = join(place.path, 'nas');
  const env = { HOME: home };
  const clawback = async (...argv: readonly string[]): Promise<void> => {
    const { code, stderr } = await runCli(argv, { env });
    expect([code, stderr]).toEqual([0, expect.anything()]);
  };
  const { port, deviceId } = await (async () => {
    await using gateway = await startGateway({ openclaw: inject('openclaw'), home, secret: TOKEN });
    await addCronJob(gateway, 'water the plants');
    const device = await pairDevice(gateway, { kind: 'ui', name: 'browser' });
    await clawback('init', '--yes', '--instance', 'prod', '--destination', `nas=${nas}`);
    await clawback('backup', '--quiet');
    return { port: gateway.port, deviceId: device.deviceId };
  })();
  const before = await snapshots(nas);

  await clawback('platform', 'linux', '--write', join(place.path, 'ready'));
  const userData = (await readFile(join(place.path, 'ready/cloud-init.yaml'), 'utf8'))
    .replace('FILL_IN_SECRET_COMMAND', 'cd /srv/secrets && cat')
    .replaceAll(nas, '/mnt/nas');
  const secret = (name: string) => readFile(join(home, '.config/clawback', name), 'utf8');
  await using machine = await freshMachine({
    place: place.path,
    userData,
    openclaw: inject('openclaw'),
    files: {
      '/srv/secrets/clawback-identity': await secret('identity.txt'),
      '/srv/secrets/clawback-signing-key': await secret('signing-key.txt'),
      '/srv/secrets/clawback-env': '# none\n',
      '/srv/secrets/openclaw-env': `OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`,
    },
    shared: { [nas]: '/mnt/nas' },
  });

  const answer = await ask(machine, port);
  expect(answer).toMatchObject({ ready: { ready: true } });
  expect(JSON.stringify(answer)).toContain('water the plants');
  expect(JSON.stringify(answer)).toContain(deviceId);
  // Another user at another path, who owns all of it.
  expect(await machine.exec('stat', '-c', '%U %a', '/home/openclaw/.openclaw')).toBe('openclaw 700\n');
  expect(await machine.exec('systemctl', 'is-active', 'openclaw-gateway.service', 'clawback-prod-backup.timer')).toBe(
    'active\nactive\n',
  );

  await machine.exec('systemctl', 'start', 'clawback-prod-backup.service');
  expect(await snapshots(nas)).toHaveLength(before.length + 1);
});

/** Its answer, which takes the token; with the log of the machine if there is none. */
async function ask(machine: FreshMachine, port: number): Promise<unknown> {
  try {
    const said = await machine.onNetwork('env', `TOKEN=${TOKEN}`, process.execPath, ASK, String(port));
    return JSON.parse(said) as unknown;
  } catch (cause) {
    const journal = await machine.exec('journalctl', '--no-pager', '--lines=60').catch(String);
    const output = await machine.exec('cat', '/var/log/cloud-init-output.log').catch(String);
    throw new Error(`no healthy Gateway:\n${machine.log()}\n${output}\n${journal}`, { cause });
  }
}

async function snapshots(nas: string): Promise<string[]> {
  return (await readdir(join(nas, 'prod'))).filter((name) => name.endsWith('.age'));
}
