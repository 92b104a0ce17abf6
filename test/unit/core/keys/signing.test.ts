import { expect, it } from 'vitest';
import { formatSigningFile, readSigningFile } from '../../../../src/core/keys/signing-file.ts';
import { parseSignerKey } from '../../../../src/core/keys/signer-key.ts';
import {
  generateSigningSecret,
  parseSigningSecret,
  publicKeyOf,
  sign,
  verifySignature,
} from '../../../../src/core/keys/signing.ts';

const BYTES = Buffer.from('the manifest');

function base64url(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url');
}

it('signs as the test vectors of RFC 8032 say', () => {
  const secret = parseSigningSecret(
    `ed25519-secret:${base64url('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')}`,
  );
  expect(publicKeyOf(secret)).toBe(
    `ed25519:${base64url('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')}`,
  );
  expect(Buffer.from(sign(secret, Uint8Array.of(0x72))).toString('hex')).toBe(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
});

it('a signature holds for its key and its bytes, and for nothing else', () => {
  const secret = generateSigningSecret();
  const signature = sign(secret, BYTES);
  expect(verifySignature(publicKeyOf(secret), BYTES, signature)).toBe(true);
  expect(verifySignature(publicKeyOf(generateSigningSecret()), BYTES, signature)).toBe(false);
  expect(verifySignature(publicKeyOf(secret), Buffer.from('another'), signature)).toBe(false);
  expect(verifySignature(publicKeyOf(secret), BYTES, signature.subarray(1))).toBe(false);
});

it('a signing key file gives back its key', () => {
  const secret = generateSigningSecret();
  const text = formatSigningFile(secret, '2026-11-22T20:34:37Z');
  expect(readSigningFile(text)).toBe(secret);
  expect(readSigningFile(text.replaceAll('\n', '\r\n'))).toBe(secret);
  expect(text).toContain(publicKeyOf(secret));
});

it.each(['', '# nothing\n', `${generateSigningSecret()}\n${generateSigningSecret()}\n`, 'AGE-SECRET-KEY-1ABC\n'])(
  'a signing key file without exactly one key is refused and not repeated',
  (text) => {
    expect(() => readSigningFile(text)).toThrow(
      expect.objectContaining({ code: 'CONFIG', message: expect.not.stringContaining('ABC') as string }),
    );
  },
);

it.each(['', 'ed25519:short', `ed25519:${'A'.repeat(42)}B`, generateSigningSecret()])('%j is no signer key', (text) => {
  expect(() => parseSignerKey(text)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
});
