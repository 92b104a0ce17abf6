import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { mutedBooter } from '../../src/adapters/gateway/muted.ts';
import type { KeyCanaryResult } from '../../src/commands/key-canary.ts';
import type { RestoreResult } from '../../src/commands/restore.ts';
import { decodeEnvironment } from '../../src/core/openclaw/dotenv.ts';
import { runCli } from '../support/cli.ts';
import { comeBack, rightVerdict, verdictsOf } from '../support/drilled.ts';
import { addCronJob } from '../support/openclaw-content.ts';
import { pairDevice } from '../support/openclaw-devices.ts';
import { startGateway } from '../support/openclaw.ts';
import { protect } from '../support/protected.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('a canary that a person approved vouches for a restore elsewhere with a new token, and real devices bear it out', async () => {
  await using place = await temporaryDirectory();
  const home = join(place.path, 'home');
  const gateway = await startGateway({ openclaw: inject('openclaw'), home });
  await using _stopped = gateway;
  const devices = [
    await pairDevice(gateway, { kind: 'ui', name: 'browser' }),
    await pairDevice(gateway, { kind: 'node', name: 'garage' }),
  ];
  await addCronJob(gateway, 'water the plants');
  const installation = await protect(home, inject('openclaw'));
  const { env } = installation;
  const canary = async (): Promise<{ code: number; said: KeyCanaryResult }> => {
    const { code, stdout } = await runCli(['key', 'canary', '--no-wait', '--json'], { env, cwd: home });
    return { code, said: JSON.parse(stdout) as KeyCanaryResult };
  };

  // Although it asks from the Gateway's own host, no program lets it in: a person does.
  const asked = await canary();
  expect(asked).toMatchObject({ code: 3, said: { status: 'waiting', gateway: `ws://127.0.0.1:${gateway.port}` } });
  const requestId = /^openclaw devices approve ([\w-]+)$/.exec(asked.said.approve ?? '')?.[1];
  await gateway.call('device.pair.approve', { requestId });
  const paired = await canary();
  expect(paired).toMatchObject({ code: 0, said: { status: 'paired', deviceId: asked.said.deviceId, approve: null } });
  expect(await canary()).toEqual(paired);
  const { file } = paired.said;
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const held = JSON.parse(await readFile(file, 'utf8')) as { privateKeyPem: string; deviceToken: string };
  await installation.must('backup');
  await gateway.stop();

  // A host that has the storage and an identity, and nothing else.
  const target = join(place.path, 'elsewhere', '.openclaw');
  const fresh = { HOME: join(place.path, 'fresh'), PATH: env['PATH'] ?? '' };
  await mkdir(fresh.HOME);
  const identity = join(home, '.config', 'clawback', 'recovery-kit.txt');
  const from = ['--from', installation.nas, '--identity', identity, '--target', target, '--token', 'rotate', '--json'];
  const { code, stdout, stderr } = await runCli(['restore', ...from], { env: fresh, cwd: fresh.HOME });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const { drill, todo } = JSON.parse(stdout) as RestoreResult;
  const token = decodeEnvironment(await readFile(join(target, '.env'), 'utf8'))['OPENCLAW_GATEWAY_TOKEN'] ?? '';
  expect(drill?.token).toMatchObject({ status: 'ok', verdict: 'reproducible' });
  expect(drill?.token.sources).toContainEqual({
    source: `restored ${target}: config \${OPENCLAW_GATEWAY_TOKEN}`,
    present: true,
    matches: true,
  });
  expect(drill?.canary).toEqual({
    ...{ deviceId: paired.said.deviceId, byDeviceToken: 'connected', bySharedSecret: 'connected' },
  });
  expect(todo.map(({ title }) => title).join('\n')).toMatch(/browser: its device token was issued under another/);
  for (const secret of [token, gateway.token, held.deviceToken, held.privateKeyPem.split('\n')[1] ?? ''])
    expect(stdout).not.toContain(secret);

  // What was restored, booted where it is: the same verdicts, the new token, and the cron job.
  const scratch = join(place.path, 'scratch');
  await mkdir(scratch, { mode: 0o700 });
  const request = {
    muting: 'namespaces',
    ...{ mounts: [{ copy: target, at: target }], stateDir: target, home: join(place.path, 'elsewhere') },
    ...{ configPath: join(target, 'openclaw.json'), environment: {}, scratch, command: inject('openclaw') },
  } as const;
  await using booted = await mutedBooter({ path: process.env['PATH'] ?? '' }).boot(
    request,
    AbortSignal.timeout(120_000),
  );
  const old = await booted.connect({ secret: { mode: 'token', value: gateway.token } });
  expect(old).toMatchObject({ outcome: 'refused', code: 'AUTH_TOKEN_MISMATCH' });
  const heard = await comeBack(booted, devices, { token });
  const verdicts = Object.fromEntries(Object.entries(heard).map(([name, back]) => [name, rightVerdict(back)]));
  expect(verdictsOf(drill ?? { devices: [] })).toEqual({ ...verdicts, 'clawback canary': 'keeps' });
  expect(verdicts).toEqual({ browser: 'enter-token', garage: 'keeps' });
  expect(JSON.stringify(await booted.call('cron.list', {}, { mode: 'token', value: token }))).toContain(
    'water the plants',
  );
});
