import type { Destination } from '../config/config.ts';
import type { Identity } from './identity.ts';
import type { Recipient } from './recipients.ts';
import type { SignerKey } from './signing.ts';

export interface KitFacts {
  readonly instance: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly recipients: readonly Recipient[];
  /** The identity whose secret the kit carries, with its public key. */
  readonly identity: { readonly secret: Identity; readonly recipient: Recipient };
  readonly signer: SignerKey;
  readonly destinations: readonly Destination[];
}

/**
 * The recovery kit: one page of text that opens every snapshot on any machine. It is itself a valid identity file, so
 * `clawback restore --identity KIT` and `age -d -i KIT` take it as it is.
 */
export function formatKit(facts: KitFacts): string {
  const location = facts.destinations[0]?.url.href ?? 'LOCATION';
  const page = [
    `CLAWBACK RECOVERY KIT: ${facts.instance}`,
    '',
    'Print this page, or keep it in a password manager, away from the machine it was made on.',
    'Whoever has it can read every snapshot of this instance, with all its secrets.',
    'If every identity is lost, the snapshots are lost: nobody can open them, not even their maker.',
    '',
    'instance:     ' + facts.instance,
    ...facts.destinations.map(({ name, url }) => `destination:  ${url.href} (${name})`),
    ...facts.recipients.map((recipient) => `sealed to:    ${shown(recipient)}`),
    '',
    'To restore on a fresh machine, save this page as kit.txt and run:',
    '',
    `  clawback restore latest --from ${quoteShell(location)} --identity kit.txt --in-place`,
    '',
    'Without Clawback, with stock age, zstd and tar, fetch the newest object of the instance and run:',
    '',
    '  age -d -i kit.txt SNAPSHOT.full.tar.zst.age | zstd -d | tar -x -p',
    '',
    'What comes out explains itself in clawback/README.txt.',
    '',
    `created: ${facts.createdAt}`,
    `public key: ${facts.identity.recipient}`,
    `clawback signer: ${facts.signer}`,
  ];
  return `${page.map((line) => (line === '' ? '#' : `# ${line}`)).join('\n')}\n${facts.identity.secret}\n`;
}

/** A post-quantum recipient has 1959 characters, which no page needs. */
function shown(recipient: Recipient): string {
  return recipient.length > 80 ? `${recipient.slice(0, 60)}…` : recipient;
}

function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
