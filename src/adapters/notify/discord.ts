import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { cut } from './cut.ts';
import { post } from './post.ts';

/** Characters that Discord takes as `content`. */
const LONGEST = 2000;

/** Discord's flag that keeps links from growing previews. */
const SUPPRESS_EMBEDS = 4;

/** A webhook of a Discord channel. */
export function discordSender(address: SenderAddress): Send {
  return async ({ summary, text }, signal) => {
    const body = {
      content: cut(escape(`${summary}\n${text}`), LONGEST),
      // Nobody is called by a name that stands in the text, @everyone included.
      allowed_mentions: { parse: [] },
      flags: SUPPRESS_EMBEDS,
    };
    await post(address, { body: JSON.stringify(body), signal });
  };
}

/** Discord always reads markdown. */
function escape(text: string): string {
  return text.replaceAll(/[\\*_~`|>#[\]()<@:-]/g, String.raw`\$&`);
}
