import { createPrivateKey, createPublicKey, randomBytes, sign as signBytes, verify, type KeyObject } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import { isSigningSecret, type SignerKey } from './signer-key.ts';

/** An instance's signing key: `ed25519-secret:` and the base64url of its 32-byte seed (RFC 8032). */
export type SigningSecret = string & { readonly __brand: 'SigningSecret' };

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
  if (!isSigningSecret(text)) {
    throw new ClawbackError('CONFIG', 'not a signing key: expected ed25519-secret: and 43 characters of base64url');
  }
  return text as SigningSecret;
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
