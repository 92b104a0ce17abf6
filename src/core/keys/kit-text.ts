import { html, unescapeHtml, type Html } from '../html.ts';
import type { KitFacts } from './kit.ts';

/** Marks what of a kit in HTML is the kit for programs; a person may copy it into a file as well. */
const ID = 'clawback-kit';

/** The lines of a kit that programs read; besides comments, the identity alone, as age wants it. */
export function kitLines({ instance, destinations, recipients, signer, identity, createdAt }: KitFacts): string[] {
  return [
    `# clawback kit: ${instance}`,
    ...destinations.map(({ name, url }) => `# destination: ${url.href} (${name})`),
    ...recipients.map((recipient) => `# sealed to: ${shown(recipient)}`),
    `# created: ${createdAt}`,
    `# public key: ${shown(identity.recipient)}`,
    `# clawback signer: ${signer}`,
    identity.secret,
  ];
}

/** The same as a part of a page. */
export function kitElement(facts: KitFacts): Html {
  // No line end and no indentation of its own: every character in it is part of the file.
  return html`<pre id="${ID}">${kitLines(facts).join('\n')}</pre>`;
}

/** The text of the kit that a page shows; null if the text is no page. */
export function kitTextOn(page: string): string | null {
  if (!/^\s*<(!doctype|html)\b/i.test(page)) return null;
  const shown = new RegExp(`<pre id="${ID}"[^>]*>([^<]*)</pre>`).exec(page)?.[1];
  return shown === undefined ? '' : unescapeHtml(shown);
}

/** A post-quantum recipient has 1959 characters, which no page needs. */
function shown(recipient: string): string {
  return recipient.length > 80 ? `${recipient.slice(0, 60)}…` : recipient;
}
