import { armor, Decrypter } from 'age-encryption';
import { ClawbackError } from '../../ports/errors.ts';
import { parseIdentity, recipientOf, type Identity } from './identity.ts';
import { kitTextOn } from './kit-text.ts';
import { parseSignerKey, type SignerKey } from './signer-key.ts';

/** What an identity file holds: at least one identity, and the signers whose snapshots its owner trusts. */
export interface IdentityFile {
  readonly identities: readonly Identity[];
  readonly signers: readonly SignerKey[];
}

/** Asks for the passphrase of an identity file made with `age -p`; called once, and only for such a file. */
export type AskPassphrase = () => Promise<string>;

const SIGNER = /^#\s*clawback signer:\s*(\S+)\s*$/;
const BINARY_HEAD = 'age-encryption.org/v1';
const ARMOR_HEAD = '-----BEGIN AGE ENCRYPTED FILE-----';

/**
 * The text of an identity file as stock `age -d -i` reads it; what only Clawback needs stands in comments.
 *
 * @param createdAt ISO 8601.
 */
export async function formatIdentityFile(
  identity: Identity,
  facts: { readonly createdAt: string; readonly signers: readonly SignerKey[] },
): Promise<string> {
  const lines = [
    `# created: ${facts.createdAt}`,
    `# public key: ${await recipientOf(identity)}`,
    ...facts.signers.map((signer) => `# clawback signer: ${signer}`),
    identity,
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Reads the bytes of an identity file: ours, `age-keygen`'s, several joined, a recovery kit, or one sealed with `age -p`.
 *
 * @throws ClawbackError as {@link openIdentityText} and {@link parseIdentityText}.
 */
export async function readIdentityFile(bytes: Uint8Array, askPassphrase: AskPassphrase): Promise<IdentityFile> {
  return parseIdentityText(await openIdentityText(bytes, askPassphrase));
}

/**
 * @throws ClawbackError `CONFIG` naming the line that is no identity, or when there is none. No message repeats a line's text.
 */
export async function parseIdentityText(text: string): Promise<IdentityFile> {
  const identities: Identity[] = [];
  const signers: SignerKey[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const signer = SIGNER.exec(line)?.[1];
    if (signer !== undefined) signers.push(parseSignerKey(signer));
    else if (line !== '' && !line.startsWith('#')) identities.push(await identityAt(line, index + 1));
  }
  if (identities.length === 0) throw new ClawbackError('CONFIG', 'the identity file holds no identity');
  return { identities, signers };
}

async function identityAt(line: string, lineNumber: number): Promise<Identity> {
  try {
    return await parseIdentity(line);
  } catch (error) {
    if (!(error instanceof ClawbackError)) throw error;
    throw new ClawbackError('CONFIG', `line ${lineNumber} of the identity file: ${error.message}`, {
      hint: error.hint ?? 'an identity file has lines AGE-SECRET-KEY-1… and comments that begin with #',
    });
  }
}

/**
 * The text of an identity file, opened with a passphrase if it is sealed with one, and taken off the page if it is a recovery kit in
 * HTML.
 *
 * @throws ClawbackError `NO_IDENTITY` if the passphrase is wrong; `CONFIG` if the file is not whole.
 */
export async function openIdentityText(bytes: Uint8Array, askPassphrase: AskPassphrase): Promise<string> {
  const text = Buffer.from(bytes).toString('utf8');
  return kitTextOn(text) ?? openSealed(text, bytes, askPassphrase);
}

async function openSealed(text: string, bytes: Uint8Array, askPassphrase: AskPassphrase): Promise<string> {
  const sealed = text.startsWith(BINARY_HEAD) ? bytes : text.trimStart().startsWith(ARMOR_HEAD) ? dearmor(text) : null;
  if (sealed === null) return text;
  const decrypter = new Decrypter();
  decrypter.addPassphrase(await askPassphrase());
  try {
    return await decrypter.decrypt(sealed, 'text');
  } catch (cause) {
    throw new ClawbackError('NO_IDENTITY', 'the passphrase does not open the identity file', {
      hint: 'try again; the passphrase is the one that age -p asked for when the file was made',
      cause,
    });
  }
}

function dearmor(text: string): Uint8Array {
  try {
    return armor.decode(text);
  } catch (cause) {
    throw new ClawbackError('CONFIG', 'the identity file is armored and not whole', { cause });
  }
}
