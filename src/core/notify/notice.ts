import type { Notice, Notification } from '../../ports/notifier.ts';

/** Characters of one fact: an error that quotes a page of HTML is not worth a phone's screen. */
const LONGEST = 300;

/** Lines of details: a drill with fifty findings is read in its report. */
const MOST = 12;

/** A notification for somebody who reads it on a phone at night: what happened, what to do, where. */
export function noticeOf(notification: Notification): Notice {
  const { hostname, at, snapshot } = notification;
  const said = notification.details.map(oneLine).filter((line) => line !== '');
  const details = said.length > MOST ? [...said.slice(0, MOST - 1), `and ${said.length - MOST + 1} more`] : said;
  const where = `host ${oneLine(hostname)}, ${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
  const about = snapshot === null ? [] : [`snapshot ${oneLine(snapshot)}`];
  return {
    ...notification,
    summary: oneLine(notification.summary),
    details,
    text: [...details, ...about, where].join('\n'),
  };
}

/**
 * A fact as one line: names of devices and files, which anybody may have chosen, can neither add lines of their own nor turn the
 * direction of the text.
 */
function oneLine(text: string): string {
  const flat = text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return flat.length > LONGEST ? `${flat.slice(0, LONGEST - 1).trimEnd()}…` : flat;
}
