import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { ClawbackError } from '../../ports/errors.ts';
import type { Recipient } from './recipients.ts';

/** An age secret key that has been checked: `AGE-SECRET-KEY-1…`, or `AGE-SECRET-KEY-PQ-1…`. */
export type Identity = string & { readonly __brand: 'Identity' };

/** `hybrid` resists quantum computers; stock age opens it from 1.3 on, Debian's 1.1 does not. */
export type IdentityKind = 'x25519' | 'hybrid';

export async function generateIdentity(kind: IdentityKind): Promise<Identity> {
  return (kind === 'hybrid' ? await generateHybridIdentity() : await generateX25519Identity()) as Identity;
}

/** The public key that belongs to an identity. */
export async function recipientOf(identity: Identity): Promise<Recipient> {
  return (await identityToRecipient(identity)) as Recipient;
}

/**
 * @throws ClawbackError `CONFIG`; the message never repeats the text.
 */
export async function parseIdentity(text: string): Promise<Identity> {
  if (text.startsWith('AGE-PLUGIN-')) {
    throw new ClawbackError('CONFIG', 'age plugins are not supported as identities', {
      hint: 'open the snapshot with stock age and its plugin, as the README says under "restore without Clawback"',
    });
  }
  try {
    await identityToRecipient(text);
  } catch (cause) {
    throw new ClawbackError('CONFIG', 'not an age identity: expected AGE-SECRET-KEY-1…, copied whole', { cause });
  }
  return text as Identity;
}
