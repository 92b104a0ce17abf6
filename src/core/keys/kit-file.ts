import { ClawbackError } from '../../ports/errors.ts';
import { parseInstance, type InstanceName } from '../config/instance.ts';
import { openIdentityText, parseIdentityText, type AskPassphrase, type IdentityFile } from './identity-file.ts';
import { recipientOf } from './identity.ts';
import { parseRecipient, type Recipient } from './recipients.ts';

/** A recovery kit that was read: everything that it takes to open the snapshots of an instance. */
export interface Kit extends IdentityFile {
  readonly instance: InstanceName;
  /** Locations and their names, at least one, as they stand on the kit. */
  readonly destinations: readonly { readonly name: string; readonly location: string }[];
  /** Whom the snapshots are sealed to, as far as the kit has room for their keys. */
  readonly recipients: readonly Recipient[];
}

// With the words that kits of earlier releases had.
const INSTANCE = /^# *(?:clawback kit|instance): *(\S+)$/;
const DESTINATION = /^# *destination: *(\S+)(?: \((.+)\))?$/;
const SEALED_TO = /^# *sealed to: *(age1[a-z0-9]+)$/;

/**
 * Reads the bytes of a recovery kit, text or HTML.
 *
 * @throws ClawbackError `CONFIG` if it lacks an instance, a destination or an identity; as {@link openIdentityText}.
 */
export async function readKit(bytes: Uint8Array, askPassphrase: AskPassphrase): Promise<Kit> {
  const text = await openIdentityText(bytes, askPassphrase);
  const lines = text.split('\n').map((line) => line.trim());
  const all = (pattern: RegExp): RegExpExecArray[] => lines.map((line) => pattern.exec(line)).filter((m) => m !== null);
  const [instance] = all(INSTANCE).map(([, name = '']) => parseInstance(name));
  const destinations = all(DESTINATION).map(([, location = '', name]) => ({ name: name ?? location, location }));
  if (instance === undefined || destinations.length === 0) {
    throw new ClawbackError('CONFIG', 'this is no recovery kit: it names no instance or no destination', {
      hint: 'give an identity file with --identity, and the location with --from',
    });
  }
  const file = await parseIdentityText(text);
  const own = await Promise.all(file.identities.map(recipientOf));
  const recipients = new Set([...all(SEALED_TO).map(([, recipient = '']) => parseRecipient(recipient)), ...own]);
  return { ...file, instance, destinations, recipients: [...recipients] };
}
