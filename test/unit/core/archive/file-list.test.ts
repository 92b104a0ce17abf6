import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileListWriter, parsePage } from '../../../../src/core/archive/file-list.ts';
import type { Listed } from '../../../../src/core/archive/manifest.ts';

const described = { mode: 0o644, uid: 0, gid: 0, mtime: 1 };

function entry(path: string): Listed {
  return path.length % 5 === 0
    ? { ...described, type: 'directory', path }
    : { ...described, type: 'file', path, size: path.length, offset: 512, sha256: 'ab'.repeat(32) };
}

const paths = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }));

test('a list has every entry, in the order of paths, in pages that are what they say, whatever was written ahead', () => {
  fc.assert(
    fc.property(paths, fc.nat(120), fc.nat(50), (some, filler, every) => {
      // More than a page, in no order.
      const all = [...some, ...Array.from({ length: filler * 25 }, (_, index) => `filler/${(index * 7919) % 5000}`)];
      const list = new FileListWriter();
      all.forEach((path, index) => {
        list.add(entry(path));
        if (index % (every * 40) === 1) list.ahead();
      });
      const { totals, length, listed, pages } = list.finish();
      const sorted = all.toSorted((a, b) => (a < b ? -1 : 1));
      const read: Listed[] = [];
      let offset = 0;
      for (const { page, bytes } of pages()) {
        expect(page).toMatchObject({ offset, length: bytes.length, first: sorted[read.length] });
        read.push(...parsePage(page, bytes, (line) => JSON.parse(line) as Listed));
        offset += bytes.length;
      }
      expect(offset).toBe(length);
      expect(read).toEqual(sorted.map(entry));
      expect(listed()).toEqual(read);
      const files = read.filter((each) => each.type === 'file');
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      expect(totals).toEqual({ entries: all.length, files: files.length, bytes });
    }),
    { numRuns: 30 },
  );
});
