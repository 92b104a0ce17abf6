import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { DoctorReport } from '../../src/core/doctor/report.ts';
import { runCli } from '../support/cli.ts';
import { pairDevice } from '../support/openclaw-devices.ts';
import { startGateway, type Gateway, type GatewayOptions } from '../support/openclaw.ts';
import { otherNetwork, type OtherNetwork } from '../support/other-network.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { loopVolume } from '../support/volumes.ts';

/** Four Gateways, each live and broken in another way but the first. */
interface Fleet {
  /** As it should be: loopback, token from its environment, state on a disk of its own, a browser paired. */
  readonly healthy: Gateway;
  /** In a network of its own, where it listens on its loopback alone. */
  readonly shy: Gateway;
  /** In another, open to all of it. */
  readonly open: Gateway;
  /** Its config names a variable that nobody sets. */
  readonly tokenless: Gateway;
}

const scope = new AsyncDisposableStack();
let place: string;
let network: OtherNetwork;
let fleet: Fleet;

beforeAll(async () => {
  place = scope.use(await temporaryDirectory()).path;
  const shyNetwork = scope.use(otherNetwork(1));
  network = scope.use(otherNetwork(2));
  scope.use(await loopVolume(join(place, 'healthy'), { mebibytes: 2048 }));
  const start = async (name: string, options: Partial<GatewayOptions> = {}): Promise<Gateway> =>
    scope.use(await patiently({ openclaw: inject('openclaw'), home: join(place, name), ...options }));
  const lan = { gateway: { mode: 'local', bind: 'lan', auth: { mode: 'token', token: '${OPENCLAW_GATEWAY_TOKEN}' } } };
  const log = { logging: { file: join(place, 'healthy', 'gateway.log') } };
  const first = async () => ({
    healthy: await start('healthy', { config: log }),
    shy: await start('shy', { before: shyNetwork.enter }),
  });
  const second = async () => ({
    open: await start('open', { before: network.enter, config: lan, environment: { PORT: '8099' } }),
    tokenless: await start('tokenless', { environment: { OPENCLAW_GATEWAY_TOKEN: '' } }),
  });
  const [one, other] = await Promise.all([first(), second()]);
  fleet = { ...one, ...other };
  await pairDevice(fleet.healthy, { kind: 'ui', name: 'browser' });
}, 300_000);

afterAll(() => scope.disposeAsync());

describe('a healthy Gateway', () => {
  test('gives no alarm, is known in all five facts, and is left as it was', async () => {
    const before = await fleet.healthy.call('device.pair.list');
    const { report, code } = await examined(fleet.healthy);
    expect(wrong(report)).toEqual([]);
    expect(code).toBe(0);
    expect(report.layers.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
    expect(report.findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'storage',
        'token',
        'running',
        'listening',
        'bind',
        'config',
        'ready',
        'handshake',
        'patience',
      ]),
    );
    const { stateDir, persistence, tokenSource, bind, healthSignal } = report.facts;
    expect(stateDir.value).toBe(fleet.healthy.stateDir);
    expect(persistence.value).toMatch(/^ext4 of \/dev\/loop\d+, mounted at /);
    expect(tokenSource).toMatchObject({ found: 'OPENCLAW_GATEWAY_TOKEN in the environment of the running gateway' });
    expect(bind.found).toBe("the kernel's tables");
    expect(bind.value).toMatch(new RegExp(`^127\\.0\\.0\\.1(?: and ::1)?, port ${fleet.healthy.port}$`));
    expect(healthSignal.value).not.toBeNull();
    expect(await fleet.healthy.call('device.pair.list')).toEqual(before);
    expect(JSON.stringify(report)).not.toContain(fleet.healthy.token);
  });

  test('is found from a shell that would look elsewhere, which is said', async () => {
    const { report } = await examined(fleet.healthy, { env: { OPENCLAW_STATE_DIR: join(place, 'nowhere') } });
    expect(report.facts.stateDir.value).toBe(fleet.healthy.stateDir);
    expect(report.facts.stateDir.found).toContain(`this shell would use ${join(place, 'nowhere')}`);
    expect(wrong(report)).toEqual([]);
  });

  test('that is reached from outside its network gives no alarm either', async () => {
    const { report } = await examined(fleet.open, { argv: ['--platform', 'docker'] });
    expect(wrong(report)).toEqual([]);
    expect(report.findings).toContainEqual(expect.objectContaining({ id: 'handshake', severity: 'ok' }));
    expect(report.findings.find(({ id }) => id === 'bind')?.evidence).toContain(`${network.address} answers`);
  });
});

describe('what comes first', () => {
  test('listening on its loopback alone, where the platform asks from outside: bind-loopback', async () => {
    await expectFirst(fleet.healthy, 'bind-loopback', { argv: ['--platform', 'kubernetes'] });
  });

  test('listening on the loopback of a network of its own: bind-loopback, and the probe is not judged', async () => {
    const report = await expectFirst(fleet.shy, 'bind-loopback', { argv: ['--platform', 'docker'] });
    expect(report.layers.at(-1)).toMatchObject({ layer: 'probe', verdict: 'not-judged' });
  });

  test('a token that nobody sets, so that it made one up: token-missing', async () => {
    const report = await expectFirst(fleet.tokenless, 'token-missing');
    expect(report.findings).toContainEqual(expect.objectContaining({ id: 'ready', severity: 'ok' }));
  });

  test('another port than the platform says in PORT: port-differs', async () => {
    const report = await expectFirst(fleet.open, 'port-differs', { argv: ['--platform', 'railway'] });
    expect(report.findings[0]?.evidence).toMatch(/PORT in its environment says 8099/);
  });

  test('a browser that was paired under an address that is not allowed: origin', async () => {
    browserAt('https://claw.example.org');
    const { report, code } = await examined(fleet.healthy);
    browserAt(null);
    expect(report.findings[0]).toMatchObject({ id: 'origin', severity: 'warn' });
    expect(report.findings[0]?.evidence).toContain('https://claw.example.org');
    expect(code).toBe(0);
  });

  test('a second state directory beside the one in use: split-brain', async () => {
    const other = join(fleet.tokenless.home, '.clawdbot');
    await mkdir(other);
    await cp(join(fleet.tokenless.stateDir, 'state'), join(other, 'state'), { recursive: true });
    const report = await expectFirst(fleet.tokenless, 'split-brain');
    expect(report.findings[0]?.evidence).toContain(other);
  });

  test('a process that hangs: hangs, for a whole probe and not for ever', async () => {
    process.kill(fleet.healthy.pid, 'SIGSTOP');
    try {
      await expectFirst(fleet.healthy, 'hangs');
    } finally {
      process.kill(fleet.healthy.pid, 'SIGCONT');
    }
  });

  test('a firewall before it: unreachable', async () => {
    network.shut();
    await expectFirst(fleet.open, 'unreachable', { argv: ['--platform', 'docker'] });
  });

  test('a token that was set after it started, so that it has another: token-refused', async () => {
    await writeFile(join(fleet.tokenless.stateDir, '.env'), `OPENCLAW_GATEWAY_TOKEN=${'0123'.repeat(12)}\n`, {
      mode: 0o600,
    });
    await rm(join(fleet.tokenless.home, '.clawdbot'), { recursive: true });
    const report = await expectFirst(fleet.tokenless, 'token-refused');
    expect(report.findings[0]?.evidence).toContain('AUTH_TOKEN_MISMATCH');
    expect(JSON.stringify(report)).not.toContain('0123'.repeat(12));
  });

  test('a Gateway that was killed: not-running', async () => {
    await fleet.tokenless.stop('SIGKILL');
    const report = await expectFirst(fleet.tokenless, 'not-running');
    expect(report.findings[0]?.evidence).toMatch(/killed, or crashed/);
  });
});

/** On a busy machine OpenClaw may give up waiting for a thread of its own: five seconds, which nothing sets. */
async function patiently(options: GatewayOptions): Promise<Gateway> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await startGateway(options);
    } catch (error) {
      if (attempts === 4 || !String(error).includes('state lease heartbeat did not become ready')) throw error;
    }
  }
}

interface How {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

async function expectFirst(gateway: Gateway, id: string, how: How = {}): Promise<DoctorReport> {
  const { report, code } = await examined(gateway, how);
  expect(report.findings[0]).toMatchObject({ id, severity: 'fail' });
  expect(report.findings[0]?.fix?.length).toBeGreaterThan(0);
  expect(code).toBe(4);
  expect(JSON.stringify(report)).not.toContain(gateway.token);
  return report;
}

/** This machine may itself be a container: what is judged here is a plain host, unless a case says otherwise. */
async function examined(
  { home }: Gateway,
  { argv = [], env = {} }: How = {},
): Promise<{ report: DoctorReport; code: number }> {
  const platform = argv.includes('--platform') ? [] : ['--platform', 'linux'];
  const { stdout, code } = await runCli(['doctor', '--json', ...platform, ...argv], { env: { HOME: home, ...env } });
  return { report: JSON.parse(stdout) as DoctorReport, code };
}

function wrong({ findings }: DoctorReport): DoctorReport['findings'] {
  return findings.filter(({ severity }) => severity === 'fail' || severity === 'warn');
}

function browserAt(origin: string | null): void {
  using state = new DatabaseSync(join(fleet.healthy.stateDir, 'state', 'openclaw.sqlite'));
  state.prepare("UPDATE device_pairing_paired SET browser_origin = ? WHERE display_name = 'browser'").run(origin);
}
