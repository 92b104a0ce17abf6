import { ClawbackError } from '../../ports/errors.ts';
import type { NotifierSettings } from './config.ts';

export const NOTIFIER_KINDS = [
  'webhook',
  'healthchecks',
  'slack',
  'discord',
  'telegram',
  'feishu',
  'dingtalk',
  'wecom',
  'ntfy',
  'email',
] as const;

export type NotifierKind = (typeof NOTIFIER_KINDS)[number];

/** Whose URL it is, by its host; any other host is a webhook's, unless `kind` says more. */
const HOSTS: Readonly<Record<string, NotifierKind>> = {
  'hc-ping.com': 'healthchecks',
  'hooks.slack.com': 'slack',
  'discord.com': 'discord',
  'discordapp.com': 'discord',
  'api.telegram.org': 'telegram',
  'open.feishu.cn': 'feishu',
  'open.larksuite.com': 'feishu',
  'oapi.dingtalk.com': 'dingtalk',
  'qyapi.weixin.qq.com': 'wecom',
  'ntfy.sh': 'ntfy',
};

/** What the URL of a kind must hold besides a host, and how to say so. */
const NEEDS: Readonly<Partial<Record<NotifierKind, readonly [holds: (url: URL) => boolean, hint: string]>>> = {
  telegram: [
    (url) => /\/bot[^/]+(?:\/sendMessage)?$/.test(url.pathname) && has(url, 'chat_id'),
    'write https://api.telegram.org/bot${TELEGRAM_TOKEN}/sendMessage?chat_id=-1001234567890',
  ],
  dingtalk: [(url) => has(url, 'access_token'), 'copy the URL of the robot whole, with its access_token'],
  wecom: [(url) => has(url, 'key'), 'copy the URL of the robot whole, with its key'],
  healthchecks: [(url) => url.pathname.length > 1, 'copy the ping URL whole: https://hc-ping.com/ and an id'],
  ntfy: [(url) => /^\/[^/]+$/.test(url.pathname), 'write the topic after the host: https://ntfy.sh/my-topic'],
  email: [
    (url) => has(url, 'to') && ['starttls', 'none'].includes(url.searchParams.get('tls') ?? 'none'),
    'write smtps://user@mail.example.org?to=me@example.org; tls is starttls or none',
  ],
};

/** Kinds that sign with a secret, or log in with it. */
const WITH_SECRET: readonly NotifierKind[] = ['webhook', 'feishu', 'dingtalk', 'ntfy', 'email'];

type NotifierInput = Pick<NotifierSettings, 'on'> & {
  readonly url: string;
  readonly kind?: NotifierKind | undefined;
  readonly secret?: string | undefined;
};

/**
 * Which kind of notifier an entry of the config is: what it says, else what the scheme or the host of its URL tells.
 *
 * @throws ClawbackError `CONFIG` if the kind cannot work with such a URL; no message repeats the URL, which holds credentials.
 */
export function parseNotifier(input: NotifierInput): Omit<NotifierSettings, 'name'> {
  const url = new URL(input.url);
  const mail = /^smtps?:$/.test(url.protocol);
  if (!mail && !/^https?:$/.test(url.protocol)) {
    throw new ClawbackError('CONFIG', `no notifier speaks ${url.protocol}//`, {
      hint: 'use the https:// address that the service shows, or smtps:// for e-mail',
    });
  }
  const kind = input.kind ?? (mail ? 'email' : (HOSTS[url.hostname] ?? 'webhook'));
  if (mail !== (kind === 'email')) {
    throw new ClawbackError('CONFIG', `a notifier of the kind ${kind} does not speak ${url.protocol}//`, {
      hint: kind === 'email' ? 'write smtps:// or smtp://' : `write https://, or leave out kind`,
    });
  }
  const [holds, hint] = NEEDS[kind] ?? [() => true, ''];
  if (!holds(url)) throw new ClawbackError('CONFIG', `the URL is not one for ${kind}`, { hint });
  if (input.secret !== undefined && !WITH_SECRET.includes(kind)) {
    throw new ClawbackError('CONFIG', `a notifier of the kind ${kind} has no use for a secret`, {
      hint: 'take it out; the URL is all it needs',
    });
  }
  return { kind, url, secret: input.secret ?? null, on: input.on };
}

function has(url: URL, parameter: string): boolean {
  return (url.searchParams.get(parameter) ?? '') !== '';
}
