import { ClawbackError } from '../../ports/errors.ts';
import { parseSigningSecret, publicKeyOf, type SigningSecret } from './signing.ts';

/**
 * The text of a signing key file: the secret, and its public half as a comment.
 *
 * @param createdAt ISO 8601.
 */
export function formatSigningFile(secret: SigningSecret, createdAt: string): string {
  return `# created: ${createdAt}\n# clawback signer: ${publicKeyOf(secret)}\n${secret}\n`;
}

/**
 * @throws ClawbackError `CONFIG` if the text holds no signing key, or more than one; never repeats its text.
 */
export function readSigningFile(text: string): SigningSecret {
  const lines = text.split('\n').map((line) => line.trim());
  const [secret, ...more] = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (secret === undefined || more.length > 0) {
    throw new ClawbackError(
      'CONFIG',
      `the signing key file holds ${secret === undefined ? 'no' : 'more than one'} key`,
      {
        hint: 'it has one line that begins with ed25519-secret: and comments that begin with #',
      },
    );
  }
  return parseSigningSecret(secret);
}
