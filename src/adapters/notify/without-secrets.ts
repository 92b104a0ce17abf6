import type { SenderAddress } from '../../ports/notifier.ts';

/** Characters of a service's own words that are worth repeating. */
const LONGEST = 200;

/** Shorter parts of a URL (`bot`, `send`) are no secrets, and would tear holes into ordinary words. */
const SHORTEST_SECRET = 6;

/**
 * What a service says, as one short line, without any part of the address that it may have repeated: all of a notifier's URL but
 * the host may be a credential.
 */
export function withoutSecrets(words: string, { url, secret }: SenderAddress): string {
  const parts = [
    ...url.pathname.split('/'),
    ...url.pathname.split('/').map((part) => part.replace(/^bot/, '')),
    ...url.searchParams.values(),
    url.username,
    url.password,
    secret ?? '',
  ];
  const secrets = parts.flatMap((part) => [part, decode(part)]).filter((part) => part.length >= SHORTEST_SECRET);
  const clean = secrets.sort((a, b) => b.length - a.length).reduce((text, part) => text.replaceAll(part, '…'), words);
  const line = clean.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
