import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { cut } from './cut.ts';
import { post } from './post.ts';

/** Characters of a message, https://core.telegram.org/bots/api#sendmessage */
const LONGEST = 4096;

/** Telegram's Bot API. The options of the URL (`chat_id`, `message_thread_id`) become fields of the message. */
export function telegramSender(address: SenderAddress): Send {
  const url = new URL(address.url);
  url.search = '';
  if (!url.pathname.endsWith('/sendMessage')) url.pathname += '/sendMessage';
  return async ({ summary, text }, signal) => {
    const body = {
      ...Object.fromEntries(address.url.searchParams),
      // Without a parse_mode Telegram takes the text as it is.
      text: cut(`${summary}\n${text}`, LONGEST),
      link_preview_options: { is_disabled: true },
    };
    await post(address, { url, body: JSON.stringify(body), signal });
  };
}
