import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { cutBytes } from './cut.ts';
import { post } from './post.ts';

/** Bytes of a message; ntfy turns a longer one into an attachment. */
const LONGEST = 4096;

/** ntfy's priorities: 3 is the usual one, 5 rings through the night. */
const PRIORITIES = { good: 3, bad: 4 };

/** ntfy, published as JSON (https://docs.ntfy.sh/publish/#publish-as-json); the secret is an access token. */
export function ntfySender(address: SenderAddress): Send {
  const topic = decodeURIComponent(address.url.pathname.slice(1));
  const url = new URL(address.url);
  url.pathname = '/';
  url.search = '';
  return async ({ summary, text, ok }, signal) => {
    const body = {
      topic,
      title: summary,
      message: cutBytes(text, LONGEST),
      priority: ok ? PRIORITIES.good : PRIORITIES.bad,
      tags: [ok ? 'white_check_mark' : 'rotating_light'],
    };
    const headers = address.secret === null ? {} : { authorization: `Bearer ${address.secret}` };
    await post(address, { url, body: JSON.stringify(body), headers, signal });
  };
}
