import type { Destination } from '../config/config.ts';
import type { Identity } from './identity.ts';
import type { Recipient } from './recipients.ts';
import { kitLines } from './kit-text.ts';
import type { SignerKey } from './signer-key.ts';

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
 * `clawback restore --kit KIT` and `age -d -i KIT` take it as it is.
 */
export function formatKit(facts: KitFacts): string {
  const page = [
    `CLAWBACK RECOVERY KIT: ${facts.instance}`,
    '',
    'Print this page, or keep it in a password manager, away from the machine it was made on.',
    'Whoever has it can read every snapshot of this instance, with all its secrets.',
    'If every identity is lost, the snapshots are lost: nobody can open them, not even their maker.',
    '',
    'To restore on a fresh machine, save this page as kit.txt and run:',
    '',
    '  clawback restore latest --kit kit.txt --in-place',
    '',
    'To see that it would work, without touching anything:',
    '',
    '  clawback drill --kit kit.txt',
    '',
    'Without Clawback, with stock age, zstd and tar, fetch the newest full object of the instance and run:',
    '',
    `  ${STOCK_COMMAND}`,
    '',
    'What comes out explains itself in clawback/README.txt.',
    '',
  ];
  const comments = page.map((line) => (line === '' ? '#' : `# ${line}`));
  return `${[...comments, ...kitLines(facts)].join('\n')}\n`;
}

/** Opens a full snapshot with what every Linux distribution has. */
export const STOCK_COMMAND = 'age -d -i kit.txt SNAPSHOT.full.tar.zst.age | zstd -d | tar -x -p';
