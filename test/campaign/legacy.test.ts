import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installOpenClaw } from '../../src/adapters/gateway/openclaw-install.ts';
import { addCronJob } from '../support/openclaw-content.ts';
import { pairDevice, reconnect } from '../support/openclaw-devices.ts';
import { freePort, startGateway } from '../support/openclaw.ts';
import { protect } from '../support/protected.ts';
import { openClawCache } from '../support/setup-openclaw.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const CRON_JOB = 'water the plants';

test('a real 2026.6.11 is backed up while it runs, counted, and runs again at another path', async () => {
  const old = { version: '2026.6.11', cacheDir: openClawCache(), environment: process.env };
  const { entry: openclaw } = await installOpenClaw(old);
  await using place = await temporaryDirectory();
  const home = join(place.path, 'home');
  const port = await freePort();
  await using gateway = await startGateway({ openclaw, home, port, config: configuration(port) });
  const device = await pairDevice(gateway, { kind: 'ui', name: 'browser' });
  await addCronJob(gateway, CRON_JOB);
  await gateway.call('chat.inject', { sessionKey: 'agent:main:main', message: 'hello' }).catch(() => undefined);
  const installation = await protect(home, openclaw);
  await installation.must('backup');
  await gateway.stop();

  expect(await installation.json('show', 'latest')).toMatchObject({
    installation: { openclawVersion: '2026.6.11' },
    counts: { agents: 1, devices: 1, cronJobs: expect.any(Number) as number },
  });
  const restoredHome = join(place.path, 'elsewhere');
  const target = join(restoredHome, '.openclaw');
  expect(await installation.json('restore', '--target', target, '--no-drill')).toMatchObject({ target });
  await using restored = await startGateway({ openclaw, home: restoredHome, secret: gateway.token });
  expect(await reconnect(restored, device)).toBe('connected');
  const { jobs } = (await restored.call('cron.list')) as { jobs: { name: string }[] };
  expect(jobs.map(({ name }) => name)).toContain(CRON_JOB);
});

/** As the tests' usual one, without a setting that came later, and with what OpenClaw's wizard writes. */
function configuration(port: number): Record<string, unknown> {
  const auth = { mode: 'token', token: '${OPENCLAW_GATEWAY_TOKEN}' };
  const controlUi = { allowedOrigins: [`http://localhost:${port}`] };
  const meta = { lastTouchedVersion: '2026.6.11' };
  return { meta, gateway: { mode: 'local', bind: 'loopback', port, auth, trustedProxies: ['127.0.0.1'], controlUi } };
}
