import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SyncedFile } from '../../../src/core/synced-file.ts';
import { smallDisk } from '../../support/disk.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const MiB = 1024 * 1024;

test('holds what was written, in pieces of any size', async () => {
  const sizes = fc.array(fc.oneof(fc.nat(100), fc.nat(3 * MiB), fc.constant(MiB)), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(sizes, async (pieces) => {
      await using home = await temporaryDirectory();
      const path = join(home.path, 'file');
      const bytes = pieces.map((size) => randomBytes(size));
      await using file = await SyncedFile.create(path);
      const whole = Buffer.concat(bytes);
      for (const piece of bytes) await file.write(piece);
      expect(await file.end()).toBe(whole.length);
      expect((await readFile(path)).equals(whole)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test('never writes into a file that is there', async () => {
  await using home = await temporaryDirectory();
  const path = join(home.path, 'file');
  await writeFile(path, 'mine');
  await expect(SyncedFile.create(path)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(path, 'utf8')).toBe('mine');
});

test('tells of a disk that is full, though it was an earlier piece that did not fit', async () => {
  await using home = await temporaryDirectory();
  const disk = join(home.path, 'disk');
  using _disk = await smallDisk(disk, 2);
  await using file = await SyncedFile.create(join(disk, 'file'));
  const fill = async (): Promise<void> => {
    for (let piece = 0; piece < 3; piece++) await file.write(randomBytes(MiB));
    await file.end();
  };
  await expect(fill()).rejects.toMatchObject({ code: 'ENOSPC' });
});
