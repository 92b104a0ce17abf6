import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { mutedBooter } from '../../src/adapters/gateway/muted.ts';
import type { DrillResult } from '../../src/commands/drill.ts';
import { comeBack, rightVerdict, verdictsOf } from '../support/drilled.ts';
import { runCli } from '../support/cli.ts';
import { addCronJob } from '../support/openclaw-content.ts';
import { pairDevice } from '../support/openclaw-devices.ts';
import { freePort, startGateway } from '../support/openclaw.ts';
import { oldOpenClaw } from '../support/old-openclaw.ts';
import { protect, type Protected } from '../support/protected.ts';
import { OPENCLAW_VERSION } from '../support/setup-openclaw.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const CRON_JOB = 'water the plants';

test.each(['2026.6.11', '2026.3.8'])(
  'a real %s is backed up while it runs, drills on its own release, and rehearses the upgrade as it then goes',
  async (version) => {
    const openclaw = await oldOpenClaw(version);
    await using place = await temporaryDirectory();
    const home = join(place.path, 'home');
    const port = await freePort();
    await using gateway = await startGateway({ openclaw, home, port, config: configuration(port, version) });
    const devices = [
      await pairDevice(gateway, { kind: 'ui', name: 'browser' }),
      await pairDevice(gateway, { kind: 'cli', name: 'terminal' }),
      await pairDevice(gateway, { kind: 'node', name: 'garage' }),
    ];
    await addCronJob(gateway, CRON_JOB);
    await gateway.call('chat.inject', { sessionKey: 'agent:main:main', message: 'hello' }).catch(() => undefined);
    const installation = await protect(home, openclaw);
    await installation.must('backup');
    await gateway.stop();

    const own = await drillOn(installation, openclaw);
    expect(checkOf(own, 'start')).toMatchObject({ status: 'ok' });
    expect(own.verdict).not.toBe('fail');
    expect(own.openclaw).toEqual({ captured: version, booted: version });
    expect(own.upgrade).toBeNull();
    expect(verdictsOf(own)).toEqual({ browser: 'keeps', terminal: 'keeps', garage: 'keeps' });

    const later = await drillOn(installation, OPENCLAW_VERSION);
    expect(later.openclaw).toEqual({ captured: version, booted: OPENCLAW_VERSION });
    expect(later.upgrade).toMatchObject({ from: version, to: OPENCLAW_VERSION });
    expect(later.upgrade?.schema[0]).toMatchObject({ database: 'state/openclaw.sqlite', after: 18 });
    expect(later.upgrade?.migrated).toContain('devices/paired.json.migrated');

    // The upgrade itself, on what a restore brings back, with as much patience as a busy machine needs.
    const target = join(place.path, 'elsewhere', '.openclaw');
    await installation.json('restore', '--target', target, '--no-drill');
    const scratch = join(place.path, 'scratch');
    await mkdir(scratch, { mode: 0o700 });
    const request = {
      ...{ mounts: [{ copy: target, at: target }], stateDir: target, home: join(place.path, 'elsewhere'), scratch },
      ...{ configPath: join(target, 'openclaw.json'), environment: {}, command: inject('openclaw'), patience: 300_000 },
    };
    const booter = mutedBooter({ path: process.env['PATH'] ?? '' });
    await using upgraded = await booter.boot({ muting: 'namespaces', ...request }, AbortSignal.timeout(320_000));
    const heard = Object.entries(await comeBack(upgraded, devices, gateway));
    expect(verdictsOf(later)).toEqual(Object.fromEntries(heard.map(([name, back]) => [name, rightVerdict(back)])));
    const secret = { mode: 'token', value: gateway.token } as const;
    expect(JSON.stringify(await upgraded.call('cron.list', {}, secret))).toContain(CRON_JOB);
  },
);

test('a release that is older than the state refuses it, and the drill says so', async () => {
  const old = await oldOpenClaw('2026.6.11');
  await using place = await temporaryDirectory();
  const home = join(place.path, 'home');
  const gateway = await startGateway({ openclaw: inject('openclaw'), home });
  await gateway.stop();
  const installation = await protect(home, inject('openclaw'));
  await installation.must('backup');
  const report = await drillOn(installation, old);
  expect(report.verdict).toBe('fail');
  expect(checkOf(report, 'start')).toMatchObject({
    status: 'fail',
    evidence: expect.stringMatching(
      /^openclaw 2026\.6\.11 is older than 2026\.9\.6, which wrote this state/,
    ) as unknown,
    fix: 'drill with the release that wrote it, or a newer one: --openclaw 2026.9.6',
  });
});

async function drillOn({ env, home }: Protected, openclaw: string): Promise<DrillResult> {
  const cache = { XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '', '.cache') };
  const { stdout } = await runCli(['drill', '--openclaw', openclaw, '--json'], {
    env: { ...env, ...cache },
    cwd: home,
  });
  return JSON.parse(stdout) as DrillResult;
}

function checkOf({ checks }: DrillResult, wanted: string): DrillResult['checks'][number] | undefined {
  return checks.find(({ id }) => id === wanted);
}

/** As the tests' usual one, without a setting that came later, and with what OpenClaw's wizard writes. */
function configuration(port: number, version: string): Record<string, unknown> {
  const auth = { mode: 'token', token: '${OPENCLAW_GATEWAY_TOKEN}' };
  const controlUi = { allowedOrigins: [`http://localhost:${port}`] };
  const meta = { lastTouchedVersion: version };
  return { meta, gateway: { mode: 'local', bind: 'loopback', port, auth, trustedProxies: ['127.0.0.1'], controlUi } };
}
