import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedBytes, patched } from '../../../../src/core/archive/blocks.ts';
import { blockHash, BlockCutter } from '../../../../src/core/differential/block-cutter.ts';
import { compareBlocks, readBlocks } from '../../../../src/core/differential/changed-blocks.ts';
import { bufferOf } from '../../../support/snapshots.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const SIZE = 4;

// Few different bytes, so that blocks are often the same.
const contents = fc.array(fc.nat(1), { maxLength: 60 }).map((bytes) => Buffer.from(bytes));

/** A content in pieces that fit no block. */
async function* pieces(content: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += pieceBytes)
    yield await Promise.resolve(content.subarray(at, at + pieceBytes));
}

function hashesOf(content: Uint8Array): string[] {
  const hashes: string[] = [];
  const cutter = new BlockCutter(SIZE, (bytes) => hashes.push(blockHash(bytes)));
  cutter.write(content);
  cutter.end();
  return hashes;
}

test('a file with its changed blocks replaced is the new one, however its bytes come', async () => {
  await fc.assert(
    fc.asyncProperty(contents, contents, fc.integer({ min: 1, max: 9 }), async (before, after, pieceBytes) => {
      const hashes = hashesOf(before);
      const hashOf = (block: number): string | null => hashes[block] ?? null;
      const found = await compareBlocks(pieces(after, pieceBytes), { blockBytes: SIZE, hashOf, keep: Infinity });
      expect(found.sha256).toBe(createHash('sha256').update(after).digest('hex'));
      expect(found.size).toBe(after.length);
      const changed = Buffer.concat(found.kept ?? []);
      expect(changed.length).toBe(found.changedBytes);
      const blocks = { size: SIZE, offset: 0, runs: found.runs };
      expect(changedBytes(blocks, after.length)).toBe(changed.length);
      const made = patched(pieces(before, pieceBytes), pieces(changed, 3), { ...blocks, fileBytes: after.length });
      expect(await bufferOf(made)).toEqual(after);
    }),
  );
});

test('only what has changed is among them', async () => {
  const before = Buffer.from('aaaabbbbccccdd');
  const after = Buffer.from('aaaaBBBBCcccdde');
  const hashes = hashesOf(before);
  const found = await compareBlocks(pieces(after, 5), {
    blockBytes: SIZE,
    hashOf: (n) => hashes[n] ?? null,
    keep: 100,
  });
  expect(found.runs).toEqual([[1, 3]]);
  expect(Buffer.concat(found.kept ?? []).toString()).toBe('BBBBCcccdde');
});

test('no more is kept than was asked for', async () => {
  const found = await compareBlocks(pieces(Buffer.alloc(100), 7), { blockBytes: SIZE, hashOf: () => null, keep: 99 });
  expect(found).toMatchObject({ kept: null, changedBytes: 100, runs: [[0, 25]] });
});

test('blocks are read from a file again, the last one as short as it is', async () => {
  await using scope = await temporaryDirectory();
  const path = join(scope.path, 'copy');
  await writeFile(path, 'aaaabbbbccccddddee');
  const runs = [
    [0, 1],
    [2, 3],
  ] as const;
  // A piece is the reader's only until the next one.
  const read = Array.from(readBlocks(path, { size: SIZE, runs }), String);
  expect(read.join('')).toBe('aaaaccccddddee');
});

test('a base that is not what the blocks were made against gives something else, and no error of its own', async () => {
  const blocks = { size: SIZE, offset: 0, runs: [[1, 1]] as const, fileBytes: 12 };
  const made = await bufferOf(patched(pieces(Buffer.from('aa'), 1), pieces(Buffer.from('BBBB'), 4), blocks));
  expect(made.toString()).toBe('aaBBBB');
});
