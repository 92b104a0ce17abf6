import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Remembered, TreeRecord, TreeRecorder } from '../../../../src/core/differential/tree-record.ts';
import { areSame } from '../../../../src/core/stamp.ts';

const numbers = fc.double({ min: 0, max: 2 ** 53, noNaN: true });
const stamps = fc.record({ size: numbers, mtimeMs: numbers, ctimeMs: numbers, ino: numbers });
const entries: fc.Arbitrary<Remembered> = fc.oneof(
  fc.record({
    type: fc.constant('file' as const),
    ...{ mode: fc.nat(0o7777), uid: fc.nat(), gid: fc.nat(), size: fc.nat(), stamp: stamps },
    sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
    more: fc.oneof(fc.constant({}), fc.record({ companions: fc.tuple(fc.option(stamps), fc.option(stamps)) })),
  }),
  fc.record({
    type: fc.constant('symlink' as const),
    ...{ mode: fc.nat(0o7777), uid: fc.nat(), gid: fc.nat(), size: fc.constant(0), stamp: stamps },
    sha256: fc.constant(null),
    more: fc.record({ target: fc.string({ minLength: 1 }) }),
  }),
);
const trees = fc.dictionary(fc.string({ minLength: 1, unit: 'binary' }), entries, { noNullPrototype: true });

function bytesOf(tree: Readonly<Record<string, Remembered>>): Buffer {
  const recorder = new TreeRecorder();
  for (const [path, remembered] of Object.entries(tree)) {
    recorder.add(path, { ...remembered, sha256: remembered.sha256?.toString('hex') ?? null });
  }
  return Buffer.concat(recorder.finish());
}

describe('a record of a tree', () => {
  test('comes back from its bytes as it was', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const record = TreeRecord.decode(bytesOf(tree));
        if (record === null) throw new Error('not decoded');
        expect(new Set(record.paths)).toEqual(new Set(Object.keys(tree)));
        for (const [path, remembered] of Object.entries(tree)) {
          expect(record.at(record.find(path) ?? -1)).toEqual(remembered);
        }
        expect(record.find('no such path')).toBeUndefined();
      }),
    );
  });

  test('is the same whether parts of it are made ahead or not', () => {
    const [ahead, late] = [new TreeRecorder(), new TreeRecorder()];
    for (let index = 0; index < 5000; index++) {
      const stamp = { size: index, mtimeMs: index / 3, ctimeMs: index / 7, ino: index };
      const sha256 = index.toString(16).padStart(64, '0');
      const file = { type: 'file' as const, mode: 0o600, uid: 1, gid: 2, size: index, stamp, sha256, more: {} };
      for (const recorder of [ahead, late]) recorder.add(`notes/${index}`, file);
      if (index % 700 === 0) ahead.ahead();
    }
    const [made, all] = [Buffer.concat(ahead.finish()), Buffer.concat(late.finish())];
    expect(made.equals(all)).toBe(true);
    const record = TreeRecord.decode(made);
    expect(record?.paths).toHaveLength(5000);
    expect(record?.at(4321)).toMatchObject({ size: 4321, stamp: { mtimeMs: 4321 / 3 } });
    expect(record?.at(4321).sha256?.toString('hex')).toBe((4321).toString(16).padStart(64, '0'));
  });

  test('keeps the hashes of blocks, each file its own', () => {
    const recorder = new TreeRecorder();
    const file = { type: 'file' as const, mode: 0, uid: 0, gid: 0, size: 1, sha256: null, more: {} };
    const stamp = { size: 1, mtimeMs: 1, ctimeMs: 1, ino: 1 };
    recorder.add('one', { ...file, stamp }, { size: 4096, hashes: Buffer.alloc(32, 1) });
    recorder.add('two', { ...file, stamp }, { size: 512, hashes: Buffer.alloc(16, 2) });
    const record = TreeRecord.decode(Buffer.concat(recorder.finish()));
    const two = record?.at(1).more.blocks;
    expect(two).toEqual({ size: 512, first: 2, count: 1 });
    if (record == null || two === undefined) throw new Error('not decoded');
    expect(record.blockHash(two, 0)).toBe('\x02'.repeat(16));
    expect(record.blockHash(two, 1)).toBeNull();
  });

  test('that is not whole is none', () => {
    const bytes = bytesOf({
      a: { type: 'directory', mode: 0, uid: 0, gid: 0, size: 0, stamp: ZERO, sha256: null, more: {} },
    });
    for (let cut = 0; cut < bytes.length; cut += 7) expect(TreeRecord.decode(bytes.subarray(0, cut))).toBeNull();
    for (let at = 0; at < bytes.length; at += 5) {
      const other = Buffer.from(bytes);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(TreeRecord.decode(other)).toBeNull();
    }
  });
});

const ZERO = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0 };

test('a stamp that is not certain is like no other, itself included, also when it has been written and read', () => {
  const uncertain = { ...ZERO, ctimeMs: Number.NaN };
  expect(areSame(ZERO, { ...ZERO })).toBe(true);
  expect(areSame(uncertain, uncertain)).toBe(false);
  expect(areSame(null, null)).toBe(true);
  expect(areSame(ZERO, null)).toBe(false);
  const more = { companions: [uncertain, null] };
  const bytes = bytesOf({
    db: { type: 'file', mode: 0, uid: 0, gid: 0, size: 0, stamp: uncertain, sha256: Buffer.alloc(32), more },
  });
  const read = TreeRecord.decode(bytes)?.at(0);
  expect(areSame(read?.stamp ?? null, uncertain)).toBe(false);
  expect(areSame(read?.more.companions?.[0] ?? null, uncertain)).toBe(false);
});
