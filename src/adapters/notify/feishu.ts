import { createHmac } from 'node:crypto';
import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { post, refused } from './post.ts';

/**
 * A custom bot of Feishu or Lark; the secret is the one of its "signature verification".
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export function feishuSender(address: SenderAddress): Send {
  return async ({ summary, text, at }, signal) => {
    const content = { text: plain(`${summary}\n${text}`) };
    const body = { ...signature(address.secret, at), msg_type: 'text', content };
    const answer = JSON.parse(await post(address, { body: JSON.stringify(body), signal })) as Answer;
    if (answer.code !== undefined && answer.code !== 0) throw refused(answer.code, answer.msg ?? '', address);
  };
}

interface Answer {
  /** 0 if it was delivered; the status is 200 either way. */
  readonly code?: number;
  readonly msg?: string;
}

/** The key is what others would sign, and the signed text is empty: Feishu's own way. */
function signature(secret: string | null, at: string): object {
  if (secret === null) return {};
  const timestamp = String(Math.floor(Date.parse(at) / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') };
}

/** Feishu reads `<at user_id="all">`, and knows no escape. */
function plain(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›');
}
