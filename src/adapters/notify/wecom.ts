import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { cutBytes } from './cut.ts';
import { post, refused } from './post.ts';

/** Bytes of UTF-8 that WeCom takes as the content of a text. */
const LONGEST = 2048;

/** A group robot of WeCom. https://developer.work.weixin.qq.com/document/path/91770 */
export function wecomSender(address: SenderAddress): Send {
  return async ({ summary, text }, signal) => {
    const body = { msgtype: 'text', text: { content: cutBytes(`${summary}\n${text}`, LONGEST) } };
    const answer = JSON.parse(await post(address, { body: JSON.stringify(body), signal })) as Answer;
    if (answer.errcode !== 0) throw refused(answer.errcode, answer.errmsg, address);
  };
}

interface Answer {
  /** 0 if it was delivered; the status is 200 either way. */
  readonly errcode: number;
  readonly errmsg: string;
}
