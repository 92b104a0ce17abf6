import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSender } from '../../../../src/cli/wire.ts';
import { type NotifierKind, parseNotifier } from '../../../../src/core/config/notifier.ts';
import { notify } from '../../../../src/core/notify.ts';
import { subscriptionsOf } from '../../../../src/core/notify/subscription.ts';
import type { Notification } from '../../../../src/ports/notifier.ts';
import {
  type Delivered,
  type NotifyServices,
  notifyServices,
  SIGNING,
  TOKEN,
} from '../../../support/servers/notify-services.ts';
import { notification } from '../../core/notify/notifications.ts';

const CHECK = '/ping/5b1c2f3e-8d4a-4c6b-9e7f-0a1b2c3d4e5f';

/** The path of each service, and the secret where it has one. */
const PLACES = {
  webhook: ['/hook', SIGNING],
  slack: [`/services/T01/B02/${TOKEN}`],
  discord: [`/api/webhooks/42/${TOKEN}`],
  telegram: [`/bot${TOKEN}/sendMessage?chat_id=-1001234567890`],
  feishu: [`/open-apis/bot/v2/hook/${TOKEN}`, SIGNING],
  dingtalk: [`/robot/send?access_token=${TOKEN}`, SIGNING],
  wecom: [`/cgi-bin/webhook/send?key=${TOKEN}`],
  ntfy: ['/claw', TOKEN],
  healthchecks: [CHECK],
} as const satisfies Partial<Record<NotifierKind, readonly [path: string, secret?: string]>>;

type HttpKind = keyof typeof PLACES;

const KINDS = Object.keys(PLACES) as HttpKind[];
const CHATS = KINDS.filter((kind) => kind !== 'healthchecks' && kind !== 'webhook');

let services: NotifyServices;
let before = 0;

beforeAll(async () => {
  services = await notifyServices();
});

afterAll(() => services[Symbol.asyncDispose]());

beforeEach(() => {
  before = services.delivered.length;
});

function now(facts: Partial<Notification> = {}): Notification {
  return notification({ at: `${new Date().toISOString().slice(0, 19)}Z`, ...facts });
}

interface Address {
  readonly kind: NotifierKind;
  readonly url: string;
  readonly secret?: string | undefined;
}

function at(kind: HttpKind, path: string = PLACES[kind][0]): Address {
  const [, secret] = PLACES[kind] as readonly [string, string?];
  return { kind, url: services.origin + path, secret };
}

/** How it went with each, sent as the command line sends it. */
async function send(notice: Notification, ...addresses: readonly Address[]) {
  const places = addresses.map((address) => ({
    name: address.kind,
    ...parseNotifier({ ...address, on: ['success', 'failure', 'drill'] }),
  }));
  return notify(notice, subscriptionsOf(places, openSender), { attempt: 500, pause: 5 });
}

function delivered(): readonly Delivered[] {
  return services.delivered.slice(before);
}

describe.each(KINDS)('%s', (kind) => {
  it('delivers what happened and what to do', async () => {
    const [sent] = await send(now(), at(kind));
    expect(sent?.error).toBeNull();
    const text = delivered()[0]?.text ?? '';
    expect(text).toContain('backup of prod-1 failed in part\noffsite failed: no answer in 60 s\n61.4 MB stored in nas');
    expect(text).toContain('host ams-3');
  });

  it('gives up at once when it is refused, and shows no secret', async () => {
    const wrong = PLACES[kind][0].replace(TOKEN, `${TOKEN}x`).replace('5b1c', '5b1d');
    const secret = kind === 'webhook' || kind === 'ntfy' ? `${TOKEN}x` : undefined;
    const [sent] = await send(now(), { ...at(kind, wrong), ...(secret === undefined ? {} : { secret }) });
    expect(['FAILED', 'DENIED']).toContain(sent?.error?.code);
    expect(JSON.stringify([sent, sent?.error?.message, sent?.error?.hint])).not.toMatch(/SECRET|5b1d2f3e/);
    expect(delivered()).toEqual([]);
  });

  it('comes again when it is told to', async () => {
    let refusals = 0;
    using _fault = services.inject(({ response, request }) => {
      if (refusals++ > 0) return false;
      request.resume();
      response.writeHead(503, { 'retry-after': '0' }).end();
      return true;
    });
    const [sent] = await send(now(), at(kind));
    expect(sent?.error).toBeNull();
    expect(delivered()).toHaveLength(1);
  });

  it('follows no redirect, which would carry the secret elsewhere', async () => {
    using _fault = services.inject(({ response, request, url }) => {
      request.resume();
      response.writeHead(307, { location: `/elsewhere${url.pathname}` }).end();
      return true;
    });
    const [sent] = await send(now(), at(kind));
    expect(sent?.error).toMatchObject({ code: 'FAILED', message: 'the service answered 307' });
  });
});

describe('a text that would be markup', () => {
  const evil =
    '@everyone <!channel> <at user_id="all">x</at> **bold** `code` [a](http://evil) _i_ & &lt; \\* ~~s~~ ||p||';

  it.each(CHATS)('is shown by %s as it is', async (kind) => {
    const [sent] = await send(now({ details: [evil] }), at(kind));
    expect(sent?.error).toBeNull();
    const text = delivered()[0]?.text ?? '';
    const shown = kind === 'feishu' ? evil.replaceAll('<', '‹').replaceAll('>', '›') : evil;
    expect(text).toContain(shown);
  });
});

it.each(CHATS)('%s takes a notice of any length', async (kind) => {
  const details = Array.from({ length: 40 }, (_, index) => `${index} ${'备份失败🔥*'.repeat(60)}`);
  const [sent] = await send(now({ details }), at(kind));
  expect(sent?.error).toBeNull();
  expect(delivered()[0]?.text).not.toMatch(/\p{Surrogate}/u);
});

it('tells healthchecks of the start, a good end and a bad one', async () => {
  const check = at('healthchecks');
  await send(now({ event: 'start', ok: true, summary: 'backup of prod-1 started' }), check, at('slack'));
  await send(now({ event: 'success', ok: true, summary: 'backup of prod-1 is done' }), check);
  await send(now(), check);
  expect(delivered().map(({ text }) => text.split('\n')[0])).toEqual([
    '/start: backup of prod-1 started',
    'success: backup of prod-1 is done',
    '/fail: backup of prod-1 failed in part',
  ]);
});

it('rings louder at ntfy when something is wrong', async () => {
  await send(now(), at('ntfy'));
  await send(now({ event: 'success', ok: true }), at('ntfy'));
  expect(delivered().map(({ text }) => text.slice(0, 9))).toEqual(['claw (4):', 'claw (3):']);
});

it('gives a webhook every fact of the notice', async () => {
  const said = now({ event: 'drill', job: 'drill', verdict: 'fail' });
  await send(said, at('webhook'));
  expect(JSON.parse(delivered()[0]?.request.body ?? '')).toMatchObject(said);
});

it('is not delayed by the dead: one that takes connections and says nothing, and one that is not there', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const dead = { kind: 'slack', url: `http://127.0.0.1:${port}/services/${TOKEN}` } as const;
  const arrived: number[] = [];
  const began = performance.now();
  using _watch = services.inject(() => {
    arrived.push(performance.now() - began);
    return false;
  });
  const sent = await send(now(), dead, { kind: 'webhook', url: 'http://127.0.0.1:1/' }, at('telegram'));
  silent.close();
  expect(sent.map(({ error }) => error?.code)).toEqual(['UNAVAILABLE', 'UNAVAILABLE', undefined]);
  expect(sent[1]?.error?.message).toBe('lost 127.0.0.1:1: ECONNREFUSED');
  expect(arrived).toHaveLength(1);
  expect(arrived[0]).toBeLessThan(500);
});
