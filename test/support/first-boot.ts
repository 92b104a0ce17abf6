import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { runCli } from './cli.ts';
import { type FreshMachine, freshMachine, type FreshMachineOptions } from './fresh-machine.ts';
import { addCronJob } from './openclaw-content.ts';
import { pairDevice } from './openclaw-devices.ts';
import { startGateway } from './openclaw.ts';
import { temporaryDirectory } from './temporary.ts';

const TOKEN = 'the token that every browser knows';
const ASK = fileURLToPath(new URL('ask-gateway.ts', import.meta.url));

export interface FirstBootOptions extends Pick<FreshMachineOptions, 'on' | 'files' | 'shared'> {
  /** Entry script of OpenClaw, for the machine that is lost. */
  readonly openclaw: string;
  /** What npm installs Clawback from there. */
  readonly package: string;
}

/** Loses a machine with a real Gateway, boots a fresh one with the cloud-init file for Linux, and expects everything to be as it was. */
export async function proveFirstBoot({ openclaw, on, files, shared, ...options }: FirstBootOptions): Promise<void> {
  await using place = await temporaryDirectory();
  const home = join(place.path, 'old-home');
  const nas = join(place.path, 'nas');
  const env = { HOME: home };
  const clawback = async (...argv: readonly string[]): Promise<void> => {
    const { code, stderr } = await runCli(argv, { env });
    expect([code, stderr]).toEqual([0, expect.anything()]);
  };
  const { port, deviceId } = await (async () => {
    await using gateway = await startGateway({ openclaw: openclaw, home, secret: TOKEN });
    await addCronJob(gateway, 'water the plants');
    const device = await pairDevice(gateway, { kind: 'ui', name: 'browser' });
    await clawback('init', '--yes', '--instance', 'prod', '--destination', `nas=${nas}`);
    await clawback('backup', '--quiet');
    return { port: gateway.port, deviceId: device.deviceId };
  })();
  const before = await snapshots(nas);

  await clawback('platform', 'linux', '--write', join(place.path, 'ready'));
  const userData = (await readFile(join(place.path, 'ready/cloud-init.yaml'), 'utf8'))
    .replace('FILL_IN_SECRET_COMMAND', 'cd /var/secrets && cat')
    .replace('FILL_IN_CLAWBACK_PACKAGE', options.package)
    .replaceAll(nas, '/mnt/nas');
  const secret = (name: string) => readFile(join(home, '.config/clawback', name), 'utf8');
  await using machine = await freshMachine({
    place: place.path,
    userData,
    on,
    files: {
      ...files,
      '/var/secrets/clawback-identity': await secret('identity.txt'),
      '/var/secrets/clawback-signing-key': await secret('signing-key.txt'),
      '/var/secrets/clawback-env': '# none\n',
      '/var/secrets/openclaw-env': `OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`,
    },
    shared: { ...shared, [nas]: '/mnt/nas' },
  });

  // Installing takes its time.
  const answer = await ask(machine, { port, patience: 'base' in on ? 900 : 100 });
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
}

/** Its answer, which takes the token; with the log of the machine if there is none. */
async function ask(machine: FreshMachine, { port, patience }: { port: number; patience: number }): Promise<unknown> {
  try {
    const said = await machine.onNetwork(
      'env',
      `TOKEN=${TOKEN}`,
      process.execPath,
      ASK,
      String(port),
      String(patience),
    );
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
