import { createHmac } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { type Exchange, type Loopback, loopback } from './loopback.ts';

/** What every service here knows its caller by. */
export const TOKEN = '7391:AAE-7xSECRETsecretSECRET';
export const SIGNING = 'SECb1a5c0ffee';

/** A message as a person would see it there. */
export interface Delivered {
  readonly service: string;
  readonly text: string;
  /** All that was sent. */
  readonly request: {
    readonly path: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  };
}

export interface NotifyServices extends Loopback {
  readonly delivered: readonly Delivered[];
}

/** What a service makes of a request: what it shows, or how it refuses. */
type Service = (call: Call) => { readonly shows: string; readonly says: Answer } | { readonly refuses: Answer };
type Answer = readonly [status: number, body: string | object];

interface Call {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** The body as JSON, if the header says that it is; else an empty object. */
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Fixtures, each of which insists on what its service's documentation says of a request, and refuses in the service's own words.
 * They are no proof that the services themselves agree.
 */
export async function notifyServices(): Promise<NotifyServices> {
  const delivered: Delivered[] = [];
  const server = await loopback(async (exchange) => {
    const call = await read(exchange);
    const [name, service] = SERVICES.find(([, , path]) => path.test(call.path)) ?? [
      'none',
      () => ({ refuses: [404, ''] as const }),
    ];
    const answer = exchange.request.method === 'POST' ? service(call) : { refuses: [405, ''] as const };
    if ('shows' in answer) {
      const { path, headers, body } = call;
      delivered.push({ service: name, text: answer.shows, request: { path, headers, body } });
    }
    const [status, body] = 'shows' in answer ? answer.says : answer.refuses;
    const isJson = typeof body === 'object';
    exchange.response.writeHead(status, { 'content-type': isJson ? 'application/json' : 'text/plain' });
    exchange.response.end(isJson ? JSON.stringify(body) : body);
  });
  return Object.assign(server, { delivered });
}

async function read({ request, url }: Exchange): Promise<Call> {
  const body = await text(request);
  const isJson = /^application\/json\b/.test(request.headers['content-type'] ?? '');
  const json = isJson ? (JSON.parse(body) as Readonly<Record<string, unknown>>) : {};
  return { path: url.pathname, query: url.searchParams, headers: request.headers, body, json };
}

const SERVICES: readonly (readonly [name: string, service: Service, path: RegExp])[] = [
  ['slack', slack, /^\/services\//],
  ['discord', discord, /^\/api\/webhooks\//],
  ['telegram', telegram, /^\/bot/],
  ['feishu', feishu, /^\/open-apis\/bot\/v2\/hook\//],
  ['dingtalk', dingtalk, /^\/robot\/send$/],
  ['wecom', wecom, /^\/cgi-bin\/webhook\/send$/],
  ['healthchecks', healthchecks, /^\/ping\//],
  ['webhook', webhook, /^\/hook$/],
  ['ntfy', ntfy, /^\/$/],
];

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
function slack({ path, json }: Call): ReturnType<Service> {
  if (path !== `/services/T01/B02/${TOKEN}`) return { refuses: [403, 'invalid_token'] };
  const said = json['text'];
  if (typeof said !== 'string' || said === '') return { refuses: [400, 'no_text'] };
  if (!hasOnly(json, ['text', 'mrkdwn', 'unfurl_links', 'unfurl_media'])) return { refuses: [400, 'invalid_payload'] };
  if (/[<>]|&(?!amp;|lt;|gt;)/.test(said)) return { refuses: [400, 'invalid_payload'] };
  const shows = said.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return { shows: json['mrkdwn'] === false ? shows : `(as markup) ${shows}`, says: [200, 'ok'] };
}

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
function discord({ path, json }: Call): ReturnType<Service> {
  if (path !== `/api/webhooks/42/${TOKEN}`)
    return { refuses: [401, { message: 'Invalid Webhook Token', code: 50027 }] };
  const { content, allowed_mentions: mentions } = json as { content?: unknown; allowed_mentions?: { parse?: unknown } };
  if (typeof content !== 'string' || content === '' || content.length > 2000) {
    return { refuses: [400, { message: 'Invalid Form Body', code: 50035 }] };
  }
  // Without this field, whoever is called in the text is called.
  if (!Array.isArray(mentions?.parse) || mentions.parse.length > 0)
    return { refuses: [400, { message: 'calls people' }] };
  if (/(?<!\\)[*_~`|<@]/.test(content.replaceAll('\\\\', ''))) return { refuses: [400, { message: 'holds markdown' }] };
  return { shows: content.replaceAll(/\\([^0-9A-Za-z\s])/g, '$1'), says: [204, ''] };
}

/** https://core.telegram.org/bots/api#sendmessage */
function telegram({ path, query, json }: Call): ReturnType<Service> {
  const no = (code: number, description: string): ReturnType<Service> => ({
    refuses: [code, { ok: false, error_code: code, description }],
  });
  if (path !== `/bot${TOKEN}/sendMessage`) return no(401, `Unauthorized: ${path}`);
  const { chat_id: chat, text: said, parse_mode: mode } = json;
  if (chat !== '-1001234567890') return no(400, 'Bad Request: chat not found');
  if (typeof said !== 'string' || said === '') return no(400, 'Bad Request: message text is empty');
  if (said.length > 4096) return no(400, 'Bad Request: message is too long');
  if (mode !== undefined || query.size > 0) return no(400, "Bad Request: can't parse entities");
  return { shows: said, says: [200, { ok: true, result: { message_id: 7, date: 0, text: said } }] };
}

/** https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
function feishu({ path, json, body }: Call): ReturnType<Service> {
  const {
    timestamp,
    sign,
    msg_type: type,
    content,
  } = json as Record<string, unknown> & { content?: { text?: unknown } };
  if (path !== `/open-apis/bot/v2/hook/${TOKEN}`)
    return { refuses: [200, { code: 19001, msg: 'param invalid: incoming webhook access token invalid' }] };
  if (body.length > 20 * 1024) return { refuses: [200, { code: 9499, msg: 'Bad Request' }] };
  const expected = createHmac('sha256', `${String(timestamp)}\n${SIGNING}`)
    .update('')
    .digest('base64');
  const isRecent = Math.abs(Date.now() / 1000 - Number(timestamp)) < 3600;
  if (typeof timestamp !== 'string' || sign !== expected || !isRecent) {
    return {
      refuses: [200, { code: 19021, msg: 'sign match fail or timestamp is not within one hour from current time' }],
    };
  }
  if (type !== 'text' || typeof content?.text !== 'string')
    return { refuses: [200, { code: 9499, msg: 'Bad Request' }] };
  if (/<at\b/.test(content.text)) return { refuses: [200, { code: 9499, msg: 'calls people' }] };
  return {
    shows: content.text,
    says: [200, { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' }],
  };
}

/** https://open.dingtalk.com/document/robots/customize-robot-security-settings */
function dingtalk({ query, json }: Call): ReturnType<Service> {
  if (query.get('access_token') !== TOKEN) return { refuses: [200, { errcode: 300005, errmsg: 'token is not exist' }] };
  const timestamp = query.get('timestamp') ?? '';
  const expected = createHmac('sha256', SIGNING).update(`${timestamp}\n${SIGNING}`).digest('base64');
  if (query.get('sign') !== expected || Math.abs(Date.now() - Number(timestamp)) > 3_600_000) {
    return { refuses: [200, { errcode: 310000, errmsg: `sign not match, more: ${query.get('access_token')}` }] };
  }
  const {
    msgtype,
    text: said,
    at,
  } = json as { msgtype?: unknown; text?: { content?: unknown }; at?: { isAtAll?: unknown } };
  if (msgtype !== 'text' || typeof said?.content !== 'string')
    return { refuses: [200, { errcode: 400101, errmsg: 'param error' }] };
  if (at?.isAtAll !== false) return { refuses: [200, { errcode: 400101, errmsg: 'calls people' }] };
  return { shows: said.content, says: [200, { errcode: 0, errmsg: 'ok' }] };
}

/** https://developer.work.weixin.qq.com/document/path/91770 */
function wecom({ query, json }: Call): ReturnType<Service> {
  if (query.get('key') !== TOKEN) return { refuses: [200, { errcode: 93000, errmsg: 'invalid webhook url' }] };
  const { msgtype, text: said } = json as { msgtype?: unknown; text?: { content?: unknown } };
  if (msgtype !== 'text' || typeof said?.content !== 'string')
    return { refuses: [200, { errcode: 40008, errmsg: 'invalid message type' }] };
  if (Buffer.byteLength(said.content) > 2048)
    return { refuses: [200, { errcode: 40058, errmsg: 'text.content exceed max length 2048' }] };
  return { shows: said.content, says: [200, { errcode: 0, errmsg: 'ok' }] };
}

/** https://healthchecks.io/docs/http_api/ */
function healthchecks({ path, body }: Call): ReturnType<Service> {
  const [, id, end] = /^\/ping\/([\w-]+)(\/start|\/fail|\/log|\/\d+)?$/.exec(path) ?? [];
  if (id !== '5b1c2f3e-8d4a-4c6b-9e7f-0a1b2c3d4e5f') return { refuses: [404, 'not found'] };
  return { shows: `${end ?? 'success'}: ${body}`, says: [200, 'OK'] };
}

/** https://docs.ntfy.sh/publish/#publish-as-json */
function ntfy({ headers, json }: Call): ReturnType<Service> {
  if (headers['authorization'] !== `Bearer ${TOKEN}`)
    return { refuses: [401, { code: 40101, http: 401, error: 'unauthorized' }] };
  const { topic, title, message, priority, tags } = json as Record<string, unknown>;
  const isFit =
    hasOnly(json, ['topic', 'title', 'message', 'priority', 'tags']) &&
    typeof topic === 'string' &&
    /^[-_A-Za-z0-9]{1,64}$/.test(topic) &&
    [1, 2, 3, 4, 5].includes(Number(priority)) &&
    Array.isArray(tags) &&
    typeof message === 'string' &&
    Buffer.byteLength(message) <= 4096;
  if (!isFit)
    return { refuses: [400, { code: 40024, http: 400, error: 'invalid request: request body must be valid JSON' }] };
  const shows = `${topic} (${String(priority)}): ${String(title)}\n${message}`;
  return { shows, says: [200, { id: 'xE73Iyuabi', time: 0, event: 'message', topic, message }] };
}

/** Our own: docs/scripting.md. */
function webhook({ headers, body, json }: Call): ReturnType<Service> {
  const expected = `sha256=${createHmac('sha256', SIGNING).update(body).digest('hex')}`;
  if (headers['x-clawback-signature'] !== expected) return { refuses: [401, 'who are you?'] };
  return { shows: `${String(json['summary'])}\n${String(json['text'])}`, says: [202, ''] };
}

function hasOnly(json: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  return Object.keys(json).every((key) => keys.includes(key));
}
