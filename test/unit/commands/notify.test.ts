import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NotifyTestResult } from '../../../src/commands/notify-test.ts';
import { runCli } from '../../support/cli.ts';
import { appendNotifiers } from '../../support/notifying.ts';
import { protect, type Protected } from '../../support/protected.ts';
import { type NotifyServices, notifyServices, TOKEN } from '../../support/servers/notify-services.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { state2026_9 } from '../core/openclaw/states.ts';

const DEAD = 'http://127.0.0.1:1/SECRET';

let services: NotifyServices;
let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let one: Protected;
let before: number;

beforeAll(async () => {
  services = await notifyServices();
});

afterAll(() => services[Symbol.asyncDispose]());

beforeEach(async () => {
  before = services.delivered.length;
  scope = await temporaryDirectory();
  await state2026_9(join(scope.path, '.openclaw'));
  one = await protect(scope.path, '/bin/false');
});

afterEach(() => scope[Symbol.asyncDispose]());

const clawback = (...argv: readonly string[]) =>
  runCli(argv, { env: { ...one.env, CLAW_TOKEN: TOKEN }, cwd: one.home });

/** First lines of what has arrived, by service. */
function arrived(): readonly (readonly string[])[] {
  return services.delivered.slice(before).map(({ service, text }) => [service, text.split('\n')[0] ?? '']);
}

async function subscribe(): Promise<void> {
  const { origin } = services;
  await appendNotifiers(one, {
    watch: {
      url: `${origin}/ping/5b1c2f3e-8d4a-4c6b-9e7f-0a1b2c3d4e5f`,
      kind: 'healthchecks',
      on: ['success', 'failure'],
    },
    chat: { url: `${origin}/services/T01/B02/\${CLAW_TOKEN}`, kind: 'slack' },
  });
}

test('a backup tells when it begins and when it is stored', async () => {
  await subscribe();
  expect((await clawback('backup')).code).toBe(0);
  expect(arrived()).toEqual([
    ['healthchecks', '/start: backup of prod-1 started'],
    ['healthchecks', 'success: backup of prod-1 is done'],
  ]);
});

test('a backup that no destination took, and one that cannot begin, tell why', async () => {
  await subscribe();
  await rm(one.nas, { recursive: true });
  await writeFile(one.nas, 'in the way');
  expect((await clawback('backup')).code).toBe(1);
  await rm(join(one.home, '.config', 'clawback', 'signing-key.txt'));
  expect((await clawback('backup')).code).toBe(2);
  const bad = services.delivered.slice(before).filter(({ service }) => service === 'slack');
  expect(bad.map(({ text }) => text.split('\n').slice(0, 2))).toEqual([
    ['backup of prod-1 failed', expect.stringMatching(/^nas failed: /)],
    ['backup of prod-1 failed', expect.stringContaining('signing-key.txt')],
  ]);
  expect(arrived().filter(([, text]) => text?.startsWith('/fail'))).toHaveLength(2);
});

test('a verify that finds damage tells those who want to know of failures', async () => {
  await one.must('backup');
  await subscribe();
  const [name = ''] = await readdir(join(one.nas, 'prod-1'));
  await truncate(join(one.nas, 'prod-1', name), 1000);
  expect((await clawback('verify', '--all')).code).toBe(4);
  expect(arrived()).toContainEqual(['slack', 'verify of prod-1 found damage']);
});

test('a notifier that is dead is a warning, and the backup is done all the same', async () => {
  await appendNotifiers(one, { gone: { url: DEAD, on: ['success'] } });
  const { code, stderr } = await clawback('backup');
  expect(code).toBe(0);
  expect(stderr).toBe('clawback: warning: the notifier gone (webhook) was not told: lost 127.0.0.1:1: ECONNREFUSED\n');
});

test('notify test says who took the message, and shows no secret', async () => {
  await subscribe();
  expect((await clawback('notify', 'test')).stdout).toMatch(
    /^ {2}ok {4}watch {2}healthchecks at .*\n {2}ok {4}chat {3}slack at .*\n$/,
  );
  expect(arrived()).toEqual(
    expect.arrayContaining([
      ['healthchecks', '/log: test message from prod-1'],
      ['slack', 'test message from prod-1'],
    ]),
  );
});

test('notify test exits 3 if some took it, 1 if none did, and 2 if there is nobody to tell', async () => {
  expect(await clawback('notify', 'test')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the config names no notifier') as string,
  });
  const chat = { url: `${services.origin}/services/T01/B02/\${CLAW_TOKEN}`, kind: 'slack' };
  await appendNotifiers(one, { chat, gone: { url: DEAD } });
  const both = await clawback('notify', 'test', '--json');
  const { notifiers } = JSON.parse(both.stdout) as NotifyTestResult;
  expect(notifiers).toMatchObject([
    { name: 'chat', kind: 'slack', ok: true },
    { name: 'gone', kind: 'webhook', host: '127.0.0.1:1', ok: false, error: 'lost 127.0.0.1:1: ECONNREFUSED' },
  ]);
  expect(both.code).toBe(3);
  expect(both.stdout + both.stderr).not.toContain('SECRET');
  expect((await clawback('notify', 'test', 'gone')).code).toBe(1);
  expect((await clawback('notify', 'test', 'chat')).code).toBe(0);
  expect(await clawback('notify', 'test', 'caht')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('chat, gone') as string,
  });
});
