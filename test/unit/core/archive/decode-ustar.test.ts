import fc from 'fast-check';
import { Header } from 'tar';
import { describe, expect, test } from 'vitest';
import { decodeUstar } from '../../../../src/core/archive/decode-ustar.ts';

const TYPES = { file: 'File', directory: 'Directory', symlink: 'SymbolicLink', pax: 'ExtendedHeader' } as const;

const name = fc.oneof(
  fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }).map((text) => text.replaceAll('\0', 'n')),
  fc.string({ unit: fc.constantFrom('a', '/', 'ü', ' ', '\n'), minLength: 1, maxLength: 220 }),
);

const block = fc
  .record({
    type: fc.constantFrom(...(['file', 'directory', 'symlink', 'pax'] as const)),
    path: name,
    size: fc.oneof(fc.nat(1024), fc.constantFrom(8 ** 11 - 1, 8 ** 11, 2 ** 40)),
    target: name,
  })
  .map(({ type, path, size, target }) => {
    const bytes = Buffer.alloc(512);
    const mtime = new Date(1_700_000_000_000);
    const header = { path, size, mode: 0o600, uid: 1000, gid: 2 ** 22, mtime, linkpath: target };
    new Header({ ...header, type: TYPES[type] }).encode(bytes);
    return { type, bytes };
  });

describe('decodeUstar', () => {
  test('reads in a block what node-tar reads', () => {
    fc.assert(
      fc.property(block, fc.nat(3), ({ type, bytes }, before) => {
        const found = decodeUstar(Buffer.concat([Buffer.alloc(before * 512, 'x'), bytes]), before * 512);
        const { path, size, linkpath } = new Header(bytes);
        // node-tar takes a file whose path ends in a slash for a directory, which has no size.
        const isOddFile = type === 'file' && path?.endsWith('/') === true;
        expect(found).toEqual({
          type,
          path,
          size: isOddFile || type === 'directory' ? found?.size : size,
          target: linkpath,
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('finds every bit that is not as it was written, but for what follows the digits of the checksum', () => {
    fc.assert(
      fc.property(block, fc.nat(512 * 8 - 1), ({ bytes }, bit) => {
        const at = bit >> 3;
        fc.pre(at < 148 || at >= 154);
        fc.pre(at < 154 || at >= 156);
        const bent = Buffer.from(bytes);
        bent[at] = (bent[at] ?? 0) ^ (1 << (bit & 7));
        expect(() => decodeUstar(bent, 0)).toThrow('checksum');
      }),
    );
  });

  test('takes a block of zeros for the end', () => {
    expect(decodeUstar(Buffer.alloc(512), 0)).toBeNull();
  });
});
