import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseEntry } from '../../../../src/core/archive/entry.ts';
import { isPlainEntry } from '../../../../src/core/archive/plain-entry.ts';

const BASE = { path: 'state/x', mode: 0o600, uid: 1000, gid: 1000, mtime: 1_700_000_000_000.5 };
const ENTRIES: readonly Record<string, unknown>[] = [
  { ...BASE, type: 'file', size: 3, sha256: 'a0'.repeat(32), offset: 512 },
  { ...BASE, type: 'directory' },
  { ...BASE, type: 'symlink', target: 'y', outside: false },
];
/** Of no key is all of this a value. */
const OTHERS = [null, -1, 1.5, 2 ** 60, '', 'x', true, [], {}, undefined];

describe('isPlainEntry', () => {
  test.each(ENTRIES)('takes a $type for plain, which the schema gives back as it is', (entry) => {
    expect(isPlainEntry(entry)).toBe(true);
    expect(parseEntry(JSON.stringify(entry))).toEqual(entry);
  });

  test.each(ENTRIES)('takes for plain nothing near a $type that the schema would refuse or change', (entry) => {
    let refused = 0;
    for (const key of Object.keys(entry)) {
      for (const other of OTHERS) {
        const near = { ...entry, [key]: other };
        if (isPlainEntry(near)) continue;
        refused++;
        // What is not plain is the schema's to judge.
        expect(judged(near)).toBe('refused');
      }
    }
    expect(refused).toBeGreaterThan(40);
    expect(isPlainEntry({ ...entry, more: 1 })).toBe(false);
    expect(judged({ ...entry, more: 1 })).toBe('changed');
  });

  test('leaves to the schema what is no object, and a captured database', () => {
    for (const other of OTHERS) expect(isPlainEntry(other)).toBe(false);
    const database = { ...ENTRIES[0], sqlite: { userVersion: 1, integrity: 'ok' } };
    expect(isPlainEntry(database)).toBe(false);
    expect(judged(database)).toBe('the same');
  });
});

function judged(value: object): 'the same' | 'changed' | 'refused' {
  try {
    return isDeepStrictEqual(parseEntry(JSON.stringify(value)), value) ? 'the same' : 'changed';
  } catch {
    return 'refused';
  }
}
