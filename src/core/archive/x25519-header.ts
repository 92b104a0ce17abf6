import {
  createCipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import type { SealedHeader } from './header.ts';

const FILE_KEY_BYTES = 16;
const TAG_BYTES = 16;
const X25519 = 'age-encryption.org/v1/X25519';

/**
 * Makes the age header of one file for X25519 recipients (https://c2sp.org/age): what age-encryption makes, but it takes longer to
 * load than a backup with little to do.
 *
 * @param keys of each recipient, 32 bytes
 * @throws ClawbackError `CONFIG` for a key with which no secret can be agreed on
 */
export function sealX25519Header(keys: readonly Uint8Array[]): SealedHeader {
  const fileKey = randomBytes(FILE_KEY_BYTES);
  const stanzas = keys.map((key) => stanza(key, fileKey));
  const authenticated = `age-encryption.org/v1\n${stanzas.join('')}---`;
  const mac = createHmac('sha256', derive(fileKey, Buffer.alloc(0), 'header'))
    .update(authenticated)
    .digest();
  return { bytes: Buffer.from(`${authenticated} ${base64(mac)}\n`), fileKey };
}

/** Wraps the file key for one recipient, with a key pair that is used for nothing else. */
function stanza(recipient: Uint8Array, fileKey: Buffer): string {
  const ephemeral = generateKeyPairSync('x25519');
  const share = rawKey(ephemeral.publicKey);
  const key = derive(agreedOn(ephemeral.privateKey, recipient), Buffer.concat([share, recipient]), X25519);
  // The key wraps this one thing, so its nonce is zero.
  const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), { authTagLength: TAG_BYTES });
  const wrapped = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
  return `-> X25519 ${base64(share)}\n${base64(wrapped)}\n`;
}

function agreedOn(privateKey: KeyObject, recipient: Uint8Array): Buffer {
  try {
    return diffieHellman({ privateKey, publicKey: publicKey(recipient) });
  } catch (error) {
    throw new ClawbackError('CONFIG', 'a recipient holds a key that nothing can be sealed to', {
      cause: error,
      hint: 'make an identity with clawback key generate, and use the public key that it prints',
    });
  }
}

function derive(secret: Buffer, salt: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, 32));
}

function publicKey(bytes: Uint8Array): KeyObject {
  const x = Buffer.from(bytes).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
}

function rawKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

/** Without padding, as age has it. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
