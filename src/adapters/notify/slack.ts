import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { post } from './post.ts';

/** An incoming webhook of Slack, or of what speaks its protocol (Mattermost, Rocket.Chat). */
export function slackSender(address: SenderAddress): Send {
  return async ({ summary, text }, signal) => {
    const body = { text: escape(`${summary}\n${text}`), mrkdwn: false, unfurl_links: false, unfurl_media: false };
    await post(address, { body: JSON.stringify(body), signal });
  };
}

/** Slack reads `<!channel>` and links within angle brackets, markup or not; these three characters it wants escaped. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
