import { describe, expect, it } from 'vitest';
import { NOTIFIER_KINDS, parseNotifier } from '../../../../src/core/config/notifier.ts';
import { configSchema } from '../../../../src/core/config/schema.ts';

describe('the kind of a notifier', () => {
  it.each([
    ['https://hooks.slack.com/services/T0/B0/x', 'slack'],
    ['https://discord.com/api/webhooks/1/x', 'discord'],
    ['https://api.telegram.org/bot1:x/sendMessage?chat_id=-100', 'telegram'],
    ['https://open.feishu.cn/open-apis/bot/v2/hook/x', 'feishu'],
    ['https://open.larksuite.com/open-apis/bot/v2/hook/x', 'feishu'],
    ['https://oapi.dingtalk.com/robot/send?access_token=x', 'dingtalk'],
    ['https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x', 'wecom'],
    ['https://ntfy.sh/topic', 'ntfy'],
    ['https://hc-ping.com/0b1c', 'healthchecks'],
    ['smtp://localhost?to=root', 'email'],
    ['smtps://me@mail.example.org?to=me@example.org', 'email'],
    ['http://10.0.0.7:8080/hook', 'webhook'],
  ])('of %s is %s', (url, kind) => {
    expect(parseNotifier({ url, on: ['failure'] })).toMatchObject({ kind, url: new URL(url), secret: null });
  });

  it('is what the config says, for a host of your own', () => {
    const input = { url: 'https://push.example.org/claw', kind: 'ntfy', secret: 'tk_x', on: ['failure'] } as const;
    expect(parseNotifier(input)).toMatchObject({ kind: 'ntfy', secret: 'tk_x' });
  });
});

it.each([
  ['gopher://example.org/SECRET', {}, 'no notifier speaks gopher://'],
  ['https://example.org/SECRET', { kind: 'email' }, 'does not speak https://'],
  ['smtps://SECRET@example.org?to=a', { kind: 'slack' }, 'does not speak smtps://'],
  ['https://api.telegram.org/bot1:SECRET/sendMessage', {}, 'not one for telegram'],
  ['https://oapi.dingtalk.com/robot/send?SECRET', {}, 'not one for dingtalk'],
  ['https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=', {}, 'not one for wecom'],
  ['https://ntfy.sh/SECRET/more', {}, 'not one for ntfy'],
  ['https://hc-ping.com', {}, 'not one for healthchecks'],
  ['smtps://SECRET@mail.example.org', {}, 'not one for email'],
  ['smtp://SECRET@mail.example.org?to=a&tls=maybe', {}, 'not one for email'],
  ['https://hooks.slack.com/services/SECRET', { secret: 'SECRET' }, 'no use for a secret'],
] as const)('%s with %j is refused without repeating it', (url, more, message) => {
  let error: unknown = null;
  try {
    parseNotifier({ url, on: ['failure'], ...more });
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ code: 'CONFIG', message: expect.stringContaining(message) as string });
  expect(`${String(error)} ${(error as { hint: string }).hint}`).not.toContain('SECRET');
});

it('knows what each kind needs', () => {
  const schema = configSchema({ home: '/', directory: '/' });
  for (const kind of NOTIFIER_KINDS) {
    const url = kind === 'email' ? 'smtp://h' : 'https://h';
    const { error } = schema.shape.notify.safeParse({ a: { url, kind, on: ['failure'] } });
    // These four take any path: their webhooks tell them apart by it.
    expect([kind, error === undefined]).toEqual([kind, ['webhook', 'slack', 'discord', 'feishu'].includes(kind)]);
  }
});

it('does not repeat what was given for a URL and is none', () => {
  const schema = configSchema({ home: '/', directory: '/' });
  const { error } = schema.shape.notify.safeParse({ chat: { url: 'hooks.slack.com/SECRET', on: ['failure'] } });
  expect(error?.issues).toMatchObject([{ path: ['chat', 'url'] }]);
  expect(JSON.stringify(error?.issues)).not.toContain('SECRET');
});
