import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { canaryToSeal } from '../../../src/commands/canary.ts';
import type { Context } from '../../../src/commands/context.ts';
import { keyCanary, type KeyCanaryResult } from '../../../src/commands/key-canary.ts';
import { parseCanary } from '../../../src/core/keys/canary.ts';
import type { ConnectAttempt, ConnectResult } from '../../../src/ports/gateway.ts';
import { runCli } from '../../support/cli.ts';
import { countingContext } from '../../support/counting-context.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

const DEVICE = { deviceId: 'd'.repeat(64), privateKeyPem: '-----BEGIN PRIVATE KEY-----\nsecret\n' };
const ASKS: ConnectResult = { outcome: 'refused', code: 'PAIRING_REQUIRED', message: '', requestId: 'r-1' };
const LETS_IN: ConnectResult = { outcome: 'connected', scopes: [], deviceToken: 'issued' };

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let clock: FakeClock;
let said: string[];
let attempts: { readonly url: string; readonly attempt: ConnectAttempt }[];

beforeEach(async () => {
  place = await temporaryDirectory();
  const gateway = { port: 19000, auth: { token: 'the gateway token' } };
  await tree(place.path, { '.openclaw/openclaw.json': JSON.stringify({ gateway }) });
  await mkdir(join(place.path, 'nas'));
  await runCli(['init', '--destination', './nas', '--instance', 'prod-1', '--yes'], {
    env: { HOME: place.path },
    cwd: place.path,
  });
  clock = new FakeClock('2026-11-22T20:34:37Z');
  said = [];
  attempts = [];
});

afterEach(() => place[Symbol.asyncDispose]());

/** What the command gets where a Gateway gives these answers, the last of them again and again. */
async function contextWith(...answers: readonly ConnectResult[]): Promise<Context> {
  const { context } = await countingContext(place.path);
  const connect = (url: string, attempt: ConnectAttempt): Promise<ConnectResult> => {
    attempts.push({ url, attempt });
    return Promise.resolve(answers[Math.min(attempts.length, answers.length) - 1] ?? ASKS);
  };
  const liveGateway = (): Promise<{ newDevice: () => typeof DEVICE; connect: typeof connect }> =>
    Promise.resolve({ newDevice: () => DEVICE, connect });
  return { ...context, clock, liveGateway, warn: (message) => said.push(message) };
}

/** Waits as long as it takes, while the clock goes on. */
async function waited(context: Context): Promise<KeyCanaryResult> {
  const waiting = keyCanary({ wait: true }, context);
  for (;;) {
    await clock.pass(10_000);
    // It reads and writes files in between.
    const result = await Promise.race([waiting, sleep(10)]);
    if (result !== undefined) return result;
  }
}

function kept(): Promise<string> {
  return readFile(join(place.path, '.config', 'clawback', 'canary.json'), 'utf8');
}

test('it asks as what comes from a page, keeps its key before anybody sees it, and says what to approve', async () => {
  const context = await contextWith(ASKS);
  expect(await keyCanary({ wait: false }, context)).toEqual({
    ...{ status: 'waiting', deviceId: DEVICE.deviceId, file: join(place.path, '.config', 'clawback', 'canary.json') },
    ...{ gateway: 'ws://127.0.0.1:19000', approve: 'openclaw devices approve r-1' },
  });
  expect(attempts).toMatchObject([
    {
      url: 'ws://127.0.0.1:19000',
      attempt: {
        secret: { mode: 'token', value: 'the gateway token' },
        device: { kind: 'canary', headers: { Origin: 'http://127.0.0.1:19000' } },
      },
    },
  ]);
  expect(parseCanary(await kept())).toEqual({ ...DEVICE, deviceToken: null });
  expect((await stat(join(place.path, '.config', 'clawback', 'canary.json'))).mode & 0o777).toBe(0o600);
  expect(await canaryToSeal(context)).toBeNull();
});

test('it waits, telling once, until a person has approved it, and seals what it was given', async () => {
  const context = await contextWith(ASKS, ASKS, LETS_IN);
  expect(await waited(context)).toMatchObject({ status: 'paired', approve: null });
  expect(said).toEqual(['waiting for an approval; on the host of the gateway, run: openclaw devices approve r-1']);
  expect(await canaryToSeal(context)).toEqual({ ...DEVICE, deviceToken: 'issued' });
});

test('it gives up when the gateway has forgotten the request', async () => {
  expect(await waited(await contextWith(ASKS))).toMatchObject({ status: 'waiting' });
  expect(clock.monotonic()).toBeGreaterThanOrEqual(5 * 60_000);
});

test('paired already, it comes back by its own token; one that was thrown out asks again with the same key', async () => {
  await keyCanary({ wait: false }, await contextWith(LETS_IN));
  attempts = [];
  const gone: ConnectResult = { outcome: 'refused', code: 'AUTH_DEVICE_TOKEN_MISMATCH', message: '' };
  expect(await keyCanary({ wait: false }, await contextWith(gone, ASKS))).toMatchObject({ status: 'waiting' });
  expect(attempts.map(({ attempt }) => [attempt.secret?.mode, attempt.device?.deviceToken])).toEqual([
    [undefined, 'issued'],
    ['token', undefined],
  ]);
  expect(new Set(attempts.map(({ attempt }) => attempt.device?.privateKeyPem)).size).toBe(1);
});

test('a gateway elsewhere is asked as any other machine asks it, and one that refuses the token is an error', async () => {
  const refused: ConnectResult = { outcome: 'refused', code: 'AUTH_TOKEN_MISMATCH', message: 'no' };
  const asked = keyCanary({ wait: false, url: 'wss://claw.example' }, await contextWith(refused));
  await expect(asked).rejects.toMatchObject({ code: 'DENIED' });
  expect(attempts).toMatchObject([{ url: 'wss://claw.example', attempt: { device: { headers: {} } } }]);
});

test('a canary file of no use is said, and no backup fails for it', async () => {
  await tree(place.path, { '.config/clawback/canary.json': '{ "deviceToken": "secret' });
  expect(await canaryToSeal(await contextWith(ASKS))).toBeNull();
  expect(said.join()).toMatch(/^the snapshot is taken without the canary device: the canary file holds no canary$/);
});
