import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry, Listed } from '../../../../src/core/archive/manifest.ts';
import { overlay } from '../../../../src/core/archive/overlay.ts';

const names = fc.constantFrom('a', 'a-b', 'a/b', 'a/c', 'b', 'ä', '𝒳', '\uffee');
const trees = fc.dictionary(names, fc.nat(9), { noNullPrototype: true });

const entryOf = (path: string, mode: number): Entry => ({ path, type: 'directory', mode, uid: 0, gid: 0, mtime: 0 });

const listOf = (tree: Readonly<Record<string, number>>): Entry[] =>
  Object.entries(tree)
    .map(([path, mode]) => entryOf(path, mode))
    .sort(byPath);

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1;
}

test('what has changed from one tree to another, laid over the one, is the other', () => {
  fc.assert(
    fc.property(trees, trees, (before, after) => {
      const changes: Listed[] = [
        ...listOf(after).filter(({ path, mode }) => before[path] !== mode),
        ...Object.keys(before)
          .filter((path) => !(path in after))
          .map((path): Listed => ({ type: 'removed', path })),
      ].sort(byPath);
      expect(overlay(listOf(before), changes)).toEqual(listOf(after));
    }),
  );
});

test('a file that is not listed is made from the base, without where it lies there', () => {
  const file: Entry = { ...entryOf('a', 1), type: 'file', size: 3, sha256: 'f'.repeat(64), offset: 512 };
  const { offset: _offset, ...described } = file;
  expect(overlay([file], [])).toEqual([{ ...described, from: 'a' }]);
});
