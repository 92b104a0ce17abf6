import { describe, expect, test } from 'vitest';
import type { DerivedFile, Entry } from '../../../../src/core/archive/manifest.ts';
import { takenFrom } from '../../../../src/core/unpack/taken-from.ts';

const COMMON = { mode: 0o600, uid: 0, gid: 0, mtime: 0, size: 1, sha256: 'a'.repeat(64) };
const BASE: readonly Entry[] = [
  { ...COMMON, type: 'directory', path: 'state' },
  { ...COMMON, type: 'file', path: 'state/a', offset: 1024 },
  { ...COMMON, type: 'file', path: 'state/b', offset: 2048, sha256: 'b'.repeat(64) },
];

function derived(path: string, from: string, more: Partial<DerivedFile> = {}): DerivedFile {
  return { ...COMMON, type: 'file', path, from, ...more };
}

describe('takenFrom', () => {
  test('takes each file of the base once as it is; further ones, and those with other blocks, must be made', () => {
    const moved = derived('state/moved', 'state/a');
    const again = derived('state/again', 'state/a');
    const blocks = { size: 512, offset: 0, runs: [[0, 1]] as const };
    const changed = derived('state/b', 'state/b', { sha256: 'c'.repeat(64), blocks });
    const { same, made } = takenFrom(BASE, [...BASE.slice(0, 1), moved, again, changed]);
    expect([...same]).toEqual([['state/a', moved]]);
    expect(made).toEqual([again, changed]);
  });

  test.each([
    ['lacks', derived('state/c', 'state/c'), 'the base lacks "state/c"'],
    ['has as a directory', derived('state/c', 'state'), 'the base lacks "state"'],
    ['has with another content', derived('state/b', 'state/b'), 'state/b is not what was captured'],
  ])('refuses a file that the base %s', (_, file, message) => {
    expect(() => takenFrom(BASE, [file])).toThrow(
      expect.objectContaining({ code: 'INTEGRITY', message: expect.stringContaining(message) as string }),
    );
  });
});
