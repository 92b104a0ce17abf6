import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { post } from './post.ts';

/**
 * Pings as https://healthchecks.io/docs/http_api/ describes: the URL itself for a good end, `/start` and `/fail` below it, with the
 * text in the body, which the service keeps beside the ping. Its alarm goes off when no ping comes.
 */
export function healthchecksSender(address: SenderAddress): Send {
  return async ({ event, ok, summary, text }, signal) => {
    const url = new URL(address.url);
    // A test that counted as a good end would silence the alarm.
    const end = event === 'start' ? '/start' : event === 'test' ? '/log' : ok ? '' : '/fail';
    url.pathname = url.pathname.replace(/\/$/, '') + end;
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    await post(address, { url, body: `${summary}\n${text}`, headers, signal });
  };
}
