import fc from 'fast-check';
import { Header } from 'tar';
import { describe, expect, test } from 'vitest';
import type { TarHeader } from '../../../../src/core/archive/tar.ts';
import { encodeUstar } from '../../../../src/core/archive/ustar.ts';

const PLAIN: TarHeader = { path: 'payload/state', type: 'directory', size: 0, mode: 0o700, uid: 0, gid: 0, mtime: 0 };

/** What node-tar writes; null where it wants a pax header as well. */
function byNodeTar(path: string, { type, size, mode, uid, gid, mtime, target }: TarHeader): Buffer | null {
  const block = Buffer.alloc(512);
  const header = new Header({
    path,
    type: { file: 'File', directory: 'Directory', symlink: 'SymbolicLink' }[type] as 'File',
    ...{ size, mode, uid, gid, mtime: new Date(Math.floor(mtime / 1000) * 1000) },
    ...(target === undefined ? {} : { linkpath: target }),
  });
  return header.encode(block) ? null : block;
}

const number = (most: number) =>
  fc.oneof({ weight: 9, arbitrary: fc.nat(0o777777) }, { weight: 1, arbitrary: fc.constantFrom(0, most) });
const name = fc.oneof(
  fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('a', '/', '.', ' ', '\n'), minLength: 1, maxLength: 120 }),
);

describe('encodeUstar', () => {
  test('writes what node-tar writes, or leaves it to node-tar', () => {
    let written = 0;
    fc.assert(
      fc.property(
        name,
        fc.record({
          type: fc.constantFrom('file', 'directory', 'symlink'),
          size: number(2 ** 40),
          mode: number(0o7777),
          uid: number(2 ** 32),
          gid: number(0o777777),
          mtime: fc.integer({ min: -5_000, max: 2 ** 41 }),
          target: fc.option(name, { nil: undefined }),
        }),
        (path, { target, ...fields }) => {
          const entry = { path, ...fields, ...(target === undefined ? {} : { target }) } as const;
          const block = encodeUstar(path, entry);
          if (block === null) return;
          written++;
          expect(block.equals(byNodeTar(path, entry) ?? Buffer.alloc(0))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
    expect(written).toBeGreaterThan(100);
  });

  test.each<[string, string, Partial<TarHeader>]>([
    ['a long path', 'x'.repeat(100), {}],
    ['a path that is not ASCII', 'päivä', {}],
    ['a large file', 'film', { type: 'file', size: 2 ** 34 }],
    ['an owner of many digits', 'file', { uid: 2 ** 24 }],
    ['a time before 1970', 'file', { mtime: -1 }],
    ['a long target', 'link', { type: 'symlink', target: 'x'.repeat(101) }],
  ])('leaves %s to node-tar', (_, path, fields) => {
    expect(encodeUstar(path, { ...PLAIN, ...fields })).toBeNull();
  });

  test.each([8 ** 10 - 1, 8 ** 10, Date.parse('2026-11-26') / 1000, 8 ** 11 - 1])(
    'writes a file of the second %d itself',
    (seconds) => {
      const entry = { ...PLAIN, mtime: seconds * 1000, uid: 0o777777, gid: 0o7777777 };
      const block = encodeUstar('file', entry);
      expect(block).not.toBeNull();
      expect(block).toEqual(byNodeTar('file', entry));
    },
  );

  test('writes the longest path that fits', () => {
    const path = `${'x'.repeat(98)}/`;
    expect(encodeUstar(path, PLAIN)?.equals(byNodeTar(path, PLAIN) ?? Buffer.alloc(0))).toBe(true);
  });
});
