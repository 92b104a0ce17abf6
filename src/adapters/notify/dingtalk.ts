import { createHmac } from 'node:crypto';
import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { post, refused } from './post.ts';

/** A custom robot of DingTalk; the secret is the one of its "signature". https://open.dingtalk.com/document/robots/custom-robot-access */
export function dingtalkSender(address: SenderAddress): Send {
  return async ({ summary, text, at }, signal) => {
    const body = { msgtype: 'text', text: { content: `${summary}\n${text}` }, at: { atMobiles: [], isAtAll: false } };
    const url = signed(address, String(Date.parse(at)));
    const answer = JSON.parse(await post(address, { url, body: JSON.stringify(body), signal })) as Answer;
    if (answer.errcode !== 0) throw refused(answer.errcode, answer.errmsg, address);
  };
}

interface Answer {
  /** 0 if it was delivered; the status is 200 either way. */
  readonly errcode: number;
  readonly errmsg: string;
}

function signed({ url, secret }: SenderAddress, timestamp: string): URL {
  if (secret === null) return url;
  const result = new URL(url);
  result.searchParams.set('timestamp', timestamp);
  result.searchParams.set('sign', createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'));
  return result;
}
