import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKey, newestFirst, selectSnapshot, snapshotId, snapshotKey } from '../../../src/core/snapshot-id.ts';

const instances = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/);
const times = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const digests = fc.stringMatching(/^[0-9a-f]{64}$/);

const stored = (createdAt: string, digest: string) => {
  const snapshot = parseKey(snapshotKey('prod-1', snapshotId(createdAt, digest)), 1);
  if (snapshot === null) throw new Error('no key');
  return snapshot;
};

const ONE = stored('2026-11-22T20:34:37Z', 'a'.repeat(64));
const TWO = stored('2026-11-22T21:34:37Z', 'b'.repeat(64));

describe('a key', () => {
  test('tells the instance, time and digest that it was made of', () => {
    fc.assert(
      fc.property(
        instances,
        times,
        digests,
        fc.option(digests),
        fc.nat(),
        (instance, createdAt, digest, full, bytes) => {
          const id = snapshotId(createdAt, digest);
          const base = full?.slice(0, 16) ?? null;
          const key = snapshotKey(instance, id, base);
          const digest16 = digest.slice(0, 16);
          const kind = base === null ? 'full' : 'differential';
          expect(parseKey(key, bytes)).toEqual({ id, key, kind, base, instance, createdAt, digest16, bytes });
        },
      ),
    );
  });

  test('orders snapshots by time as its text does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(times, digests)), (all) => {
        const sorted = newestFirst(all.map(([createdAt, digest]) => stored(createdAt, digest)));
        const found = sorted.map(({ createdAt }) => createdAt);
        expect(found).toEqual(found.toSorted().reverse());
      }),
    );
  });

  test.each([
    'prod-1/20261122T203437Z-0123456789abcdef.full.tar.zst',
    'prod-1/20261122T203437Z-0123456789ABCDEF.full.tar.zst.age',
    'prod-1/20261122T203437Z-0123456789abcde.full.tar.zst.age',
    'prod-1/20261399T203437Z-0123456789abcdef.full.tar.zst.age',
    'Prod/20261122T203437Z-0123456789abcdef.full.tar.zst.age',
    '.hidden/20261122T203437Z-0123456789abcdef.full.tar.zst.age',
    'a/b/20261122T203437Z-0123456789abcdef.full.tar.zst.age',
    '20261122T203437Z-0123456789abcdef.full.tar.zst.age',
    'prod-1/20261122T203437Z-0123456789abcdef.diff.tar.zst.age',
    'prod-1/20261122T203437Z-0123456789abcdef.diff-0123.tar.zst.age',
    'prod-1/notes.txt',
  ])('that is not one of ours is ignored: %s', (key) => {
    expect(parseKey(key, 1)).toBeNull();
  });
});

describe('selectSnapshot', () => {
  test('finds the latest, a full id, and an unambiguous beginning', () => {
    expect(selectSnapshot([ONE, TWO], 'latest')).toBe(TWO);
    expect(selectSnapshot([TWO, ONE], 'latest')).toBe(TWO);
    expect(selectSnapshot([ONE, TWO], ONE.id)).toBe(ONE);
    expect(selectSnapshot([ONE, TWO], '20261122T20')).toBe(ONE);
  });

  test('refuses what fits none or several, and names them', () => {
    expect(() => selectSnapshot([], 'latest')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    expect(() => selectSnapshot([ONE, TWO], '2025')).toThrow('no snapshot 2025');
    expect(() => selectSnapshot([ONE, TWO], '20261122')).toThrow(`${ONE.id} or ${TWO.id}`);
  });
});
