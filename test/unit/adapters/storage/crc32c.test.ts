import { CRC32C } from '@google-cloud/storage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c, crc32cText } from '../../../../src/adapters/storage/crc32c.ts';

test('is the CRC-32C of RFC 3720, appendix B.4', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
});

test('is what Google makes of the same bytes, however they are cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
      const theirs = new CRC32C();
      theirs.update(Buffer.from(bytes));
      const ours = crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)));
      expect(crc32cText(ours)).toBe(theirs.toString());
    }),
  );
});
