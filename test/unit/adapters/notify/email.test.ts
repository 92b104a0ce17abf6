import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSender } from '../../../../src/cli/wire.ts';
import { parseNotifier } from '../../../../src/core/config/notifier.ts';
import { notify } from '../../../../src/core/notify.ts';
import { subscriptionsOf } from '../../../../src/core/notify/subscription.ts';
import { protect } from '../../../support/protected.ts';
import { type MailServer, mailServer, selfSigned } from '../../../support/servers/smtp.ts';
import { spawnCli } from '../../../support/cli.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { state2026_9 } from '../../core/openclaw/states.ts';
import { notification } from '../../core/notify/notifications.ts';
import { appendNotifiers } from '../../../support/notifying.ts';

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let certificate: Awaited<ReturnType<typeof selfSigned>>;
/** Speaks TLS from the first byte, as port 465 does. */
let encrypted: MailServer;
/** Offers STARTTLS and takes nothing without it, as port 587 does. */
let upgrading: MailServer;
/** Knows no encryption and no logins, as the mail server of a host itself does. */
let plain: MailServer;

beforeAll(async () => {
  scope = await temporaryDirectory();
  certificate = await selfSigned(scope.path);
  const { key, cert } = certificate;
  [encrypted, upgrading, plain] = await Promise.all([
    mailServer({ secure: true, key, cert }),
    mailServer({ key, cert }),
    mailServer({ disabledCommands: ['AUTH', 'STARTTLS'] }),
  ]);
});

afterAll(async () => {
  await Promise.all([encrypted, upgrading, plain].map((server) => server[Symbol.asyncDispose]()));
  await scope[Symbol.asyncDispose]();
});

async function send(url: string, secret?: string) {
  const places = [{ name: 'mail', ...parseNotifier({ url, secret, on: ['failure'] }) }];
  const details = ['备份失败 offsite: no answer in 60 s', 'to do: see whether it can be reached'];
  const said = notification({ summary: 'backup of prod-1 failed\r\nBcc: eve@example.org', details });
  const [sent] = await notify(said, subscriptionsOf(places, openSender), { attempt: 2000, pause: 5 });
  return sent?.error ?? null;
}

/** A mail as Python's own library reads it. */
function read(source: string): Readonly<Record<string, unknown>> {
  const script = `
import sys, json, email, email.policy
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
fields = {name.lower(): str(value) for name, value in mail.items()}
print(json.dumps({**fields, 'body': mail.get_content().replace('\\r\\n', '\\n')}))`;
  return JSON.parse(execFileSync('python3', ['-c', script], { input: source, encoding: 'utf8' })) as Record<
    string,
    unknown
  >;
}

it('hands a mail to the server of this host, with no login and no encryption', async () => {
  expect(
    await send(`smtp://127.0.0.1:${plain.port}?to=ada@example.org&to=root@localhost&from=claw@example.org`),
  ).toBeNull();
  const mail = plain.mails.at(-1);
  expect(mail).toMatchObject({ from: 'claw@example.org', to: ['ada@example.org', 'root@localhost'], user: null });
  const { bcc, ...fields } = read(mail?.source ?? '');
  expect(bcc).toBeUndefined();
  expect(fields).toMatchObject({
    from: 'Clawback <claw@example.org>',
    to: 'ada@example.org, root@localhost',
    subject: '[clawback] backup of prod-1 failed Bcc: eve@example.org',
    'auto-submitted': 'auto-generated',
    body: expect.stringMatching(
      /^backup of prod-1 failed .*\n\n备份失败 offsite: no answer in 60 s\nto do: /,
    ) as string,
  });
});

it('lets nobody read along: refuses a server without STARTTLS, and one whose certificate nobody has signed', async () => {
  const tls = 'to=ada@example.org&tls=starttls';
  expect(await send(`smtp://127.0.0.1:${plain.port}?${tls}`)).toMatchObject({
    code: 'FAILED',
    hint: expect.stringContaining('smtps') as string,
  });
  expect(await send(`smtp://127.0.0.1:${upgrading.port}?${tls}`)).toMatchObject({
    message: expect.stringContaining('self-signed') as string,
  });
  expect(await send(`smtps://127.0.0.1:${encrypted.port}?to=ada@example.org`)).not.toBeNull();
  expect(encrypted.mails.length + upgrading.mails.length).toBe(0);
});

it('says that a mailbox is unknown, and that nobody is there', async () => {
  const unknown = await send(`smtp://127.0.0.1:${plain.port}?to=nobody@example.org`);
  expect(unknown).toMatchObject({ code: 'FAILED', message: expect.stringContaining('no such mailbox') as string });
  expect(await send('smtp://127.0.0.1:1?to=ada@example.org')).toMatchObject({ code: 'UNAVAILABLE' });
});

it('waits for no server that takes connections and says nothing', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const began = performance.now();
  const places = [{ name: 'mail', ...parseNotifier({ url: `smtp://127.0.0.1:${port}?to=a@b.c`, on: ['failure'] }) }];
  const [sent] = await notify(notification(), subscriptionsOf(places, openSender), { attempt: 200, pause: 5 });
  expect(sent?.error).toMatchObject({ code: 'UNAVAILABLE', message: 'no answer in 0.2 s' });
  expect(performance.now() - began).toBeLessThan(2000);
  silent.close();
});

it('logs in over TLS and over STARTTLS where the certificate is trusted, and shows no password where that fails', async () => {
  const home = `${scope.path}/home`;
  await state2026_9(`${home}/.openclaw`);
  const one = await protect(home, '/bin/false');
  await appendNotifiers(one, {
    tls: { url: `smtps://claw%40example.org@localhost:${encrypted.port}?to=ada@example.org`, secret: '${PASSWORD}' },
    starttls: {
      url: `smtp://claw%40example.org:hunter2%20%26+@127.0.0.1:${upgrading.port}?to=ada@example.org&tls=starttls`,
    },
    wrong: {
      url: `smtps://claw%40example.org@localhost:${encrypted.port}?to=ada@example.org`,
      secret: 'wrong-PASSWORD',
    },
  });
  const env = { ...one.env, PASSWORD: 'hunter2 &+', NODE_EXTRA_CA_CERTS: certificate.path, CLAWBACK_DEBUG: '1' };
  const { code, stdout, stderr } = await spawnCli(['notify', 'test'], { env, cwd: home });
  expect(stdout).toMatch(/ok {4}tls +email at localhost:\d+\n {2}ok {4}starttls +email at 127/);
  expect(stdout).toMatch(/FAIL {2}wrong .*\n +the mail server refuses the login: .*535/);
  expect([code, stderr]).toEqual([3, '']);
  expect(stdout).not.toContain('PASSWORD');
  const login = { from: 'claw@example.org', user: 'claw@example.org', encrypted: true };
  expect([encrypted.mails.at(-1), upgrading.mails.at(-1)]).toMatchObject([login, login]);
  expect(read(encrypted.mails.at(-1)?.source ?? '')['subject']).toBe('[clawback] test message from prod-1');
});
