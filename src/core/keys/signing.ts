import { createPrivateKey, createPublicKey, randomBytes, sign as signBytes, verify, type KeyObject } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';

/** An instance's signing key: `ed25519-secret:` and the base64url of its 32-byte seed (RFC 8032). */
export type SigningSecret = string & { readonly __brand: 'SigningSecret' };

/** What checks a signature: `ed25519:` and the base64url of the 32-byte public key. */
export type SignerKey = string & { readonly __brand: 'SignerKey' };

const SECRET = /^ed25519-secret:([A-Za-z0-9_-]{43})$/;
const PUBLIC = /^ed25519:([A-Za-z0-9_-]{43})$/;

// RFC 8410: everything that stands before the 32 bytes in the only DER form Ed25519 keys have.
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** A new signing key from the system's randomness. */
export function generateSigningSecret(): SigningSecret {
  return `ed25519-secret:${randomBytes(32).toString('base64url')}` as SigningSecret;
}

/**
 * @throws ClawbackError `CONFIG`; the message never repeats the text, which may be a mistyped secret.
 */
export function parseSigningSecret(text: string): SigningSecret {
  if (decode(SECRET, text) === null) {
    throw new ClawbackError('CONFIG', 'not a signing key: expected ed25519-secret: and 43 characters of base64url');
  }
  return text as SigningSecret;
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

/** The public half, which may be shown to anyone. */
export function publicKeyOf(secret: SigningSecret): SignerKey {
  const spki = createPublicKey(privateKey(secret)).export({ type: 'spki', format: 'der' });
  return `ed25519:${spki.subarray(SPKI_HEAD.length).toString('base64url')}` as SignerKey;
}

/** Ed25519 over the bytes themselves (no pre-hash): 64 bytes. */
export function sign(secret: SigningSecret, bytes: Uint8Array): Uint8Array {
  return signBytes(null, bytes, privateKey(secret));
}

/** False for a signature by another key, over other bytes, or of the wrong length; never throws. */
export function verifySignature(signer: SignerKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const key = Buffer.concat([SPKI_HEAD, Buffer.from(signer.slice('ed25519:'.length), 'base64url')]);
  return verify(null, bytes, createPublicKey({ key, type: 'spki', format: 'der' }), signature);
}

function privateKey(secret: SigningSecret): KeyObject {
  const key = Buffer.concat([PKCS8_HEAD, Buffer.from(secret.slice('ed25519-secret:'.length), 'base64url')]);
  return createPrivateKey({ key, type: 'pkcs8', format: 'der' });
}

/** The 32 bytes; null unless the text is their one canonical spelling. */
function decode(pattern: RegExp, text: string): Buffer | null {
  const encoded = pattern.exec(text)?.[1];
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64url');
  return bytes.toString('base64url') === encoded ? bytes : null;
}
