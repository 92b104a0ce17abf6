import { ClawbackError } from '../../ports/errors.ts';

/** What checks a signature: `ed25519:` and the base64url of the 32-byte public key. */
export type SignerKey = string & { readonly __brand: 'SignerKey' };

const SECRET = /^ed25519-secret:([A-Za-z0-9_-]{43})$/;
const PUBLIC = /^ed25519:([A-Za-z0-9_-]{43})$/;

// Apart from what signs: every command reads a config with signers, and `node:crypto` takes a twentieth of its start.

/** True for `ed25519-secret:` and 32 bytes in base64url. */
export function isSigningSecret(text: string): boolean {
  return decode(SECRET, text) !== null;
}

/**
 * @throws ClawbackError `CONFIG` if the text is not `ed25519:` and 32 bytes in base64url.
 */
export function parseSignerKey(text: string): SignerKey {
  if (SECRET.test(text)) {
    throw new ClawbackError('CONFIG', 'a secret signing key stands where the public one belongs', {
      hint: 'use the public key, which begins with ed25519: and stands as a comment in the signing key file',
    });
  }
  if (decode(PUBLIC, text) === null) {
    throw new ClawbackError('CONFIG', `not a signer key: ${text.slice(0, 20)}`, {
      hint: 'a signer key is ed25519: and 43 characters; it stands in the identity file and on the recovery kit',
    });
  }
  return text as SignerKey;
}

/** The 32 bytes; null unless the text is their one canonical spelling. */
function decode(pattern: RegExp, text: string): Buffer | null {
  const encoded = pattern.exec(text)?.[1];
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64url');
  return bytes.toString('base64url') === encoded ? bytes : null;
}
