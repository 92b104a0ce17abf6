import { bech32 } from '@scure/base';
import { ClawbackError } from '../../ports/errors.ts';

/** An age public key that has been checked: `age1…`, or `age1pq1…` for the post-quantum hybrid. */
export type Recipient = string & { readonly __brand: 'Recipient' };

/**
 * Checks recipients as they stand in a list; duplicates are dropped.
 *
 * @throws ClawbackError `CONFIG` naming the first bad one by its position, counted from 1; also for an empty list, since
 *   age would then seal to nobody without a word.
 */
export function parseRecipients(texts: readonly string[]): readonly Recipient[] {
  if (texts.length === 0) {
    throw new ClawbackError('CONFIG', 'no recipient: a snapshot sealed to nobody could never be opened', {
      hint: 'run clawback key generate, and put the public key it prints into recipients',
    });
  }
  const recipients = texts.map((text, index) => {
    try {
      return parseRecipient(text);
    } catch (error) {
      if (!(error instanceof ClawbackError)) throw error;
      const where = `recipient ${index + 1} of ${texts.length}: ${error.message}`;
      throw new ClawbackError('CONFIG', where, error.hint === undefined ? {} : { hint: error.hint });
    }
  });
  return [...new Set(refuseMixture(recipients))];
}

/**
 * @throws ClawbackError `CONFIG`; the message repeats at most the first characters, and nothing of a secret key.
 */
export function parseRecipient(text: string): Recipient {
  const trimmed = text.trim();
  if (/^AGE-(SECRET-KEY|PLUGIN)-/i.test(trimmed)) {
    throw new ClawbackError('CONFIG', 'a secret key stands where a public one belongs', {
      hint: 'put the public key there (age1…); since the secret was written down openly, better make a new identity',
    });
  }
  if (trimmed.startsWith('ssh-')) {
    throw new ClawbackError('CONFIG', 'SSH keys are not supported as recipients', {
      hint: 'make an age identity with clawback key generate',
    });
  }
  if (!isWellFormed(trimmed)) {
    throw new ClawbackError('CONFIG', `not an age recipient: ${abbreviate(trimmed)}`, {
      hint: 'a recipient is a public key such as age1…, copied whole',
    });
  }
  return trimmed as Recipient;
}

/** Bytes of each kind of age public key, by what it begins with: C2SP's age specification. */
const KEY_BYTES: Readonly<Record<string, number>> = { age: 32, age1pq: 1216, age1tag: 33, age1tagpq: 1249 };

/**
 * What `Encrypter.addRecipient` of age-encryption asks of one. That library takes 40 ms to load, which only who needs it shall wait
 * for: every command that reads the config comes here.
 */
function isWellFormed(text: string): boolean {
  return text.startsWith('age1') && decodeRecipient(text) !== null;
}

/** The key of a recipient, and what it begins with, which tells its kind; null if it is none. */
export function decodeRecipient(text: string): { readonly kind: string; readonly key: Uint8Array } | null {
  const decoded = bech32.decodeUnsafe(text, false);
  const key = decoded && bech32.fromWordsUnsafe(decoded.words);
  if (decoded === undefined || !(key instanceof Uint8Array)) return null;
  return key.length === KEY_BYTES[decoded.prefix] ? { kind: decoded.prefix, key } : null;
}

/** True for keys that stock age before 1.3 cannot use. */
export function isPostQuantum(recipient: Recipient): boolean {
  return recipient.startsWith('age1pq1') || recipient.startsWith('age1tagpq1');
}

/** One classical recipient lets a quantum computer in by that door, so stock age refuses the mixture, and we do. */
function refuseMixture(recipients: readonly Recipient[]): readonly Recipient[] {
  const hybrid = recipients.filter(isPostQuantum).length;
  if (hybrid !== 0 && hybrid !== recipients.length) {
    throw new ClawbackError('CONFIG', 'post-quantum and classical recipients cannot be mixed', {
      hint: 'use only age1pq1… recipients, or only age1… ones',
    });
  }
  return recipients;
}

function abbreviate(text: string): string {
  return text.length > 16 ? `${text.slice(0, 12)}…` : `"${text}"`;
}
