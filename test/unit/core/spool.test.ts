import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Spool } from '../../../src/core/spool.ts';
import { smallDisk } from '../../support/disk.ts';
import { each } from '../../support/snapshots.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const MiB = 1024 * 1024;
const OPTIONS = { createdAt: '2026-11-22T20:34:37Z', signal: new AbortController().signal };

let workDir: string;
let directory: string;
let scope: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  scope = await temporaryDirectory();
  workDir = join(scope.path, 'work');
  directory = join(workDir, 'spool/prod-1');
});

afterEach(() => scope[Symbol.asyncDispose]());

describe('the spool', () => {
  /** Snapshots of so many MiB, a minute apart, oldest first; their ids. */
  const filled = async (spool: Spool, sizes: readonly number[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const [minute, size] of sizes.entries()) {
      const createdAt = new Date(Date.UTC(2026, 10, 22, 0, minute)).toISOString().replace('.000Z', 'Z');
      const sealed = each([Buffer.alloc(size * MiB, minute)]);
      ids.push((await spool.add(sealed, { ...OPTIONS, createdAt })).snapshot.id);
    }
    return ids;
  };
  const idsIn = async (spool: Spool): Promise<string[]> => (await spool.waiting()).map(({ id }) => id);

  test('that nobody empties takes no more than half of the disk, and lets the oldest go first', async () => {
    using _disk = await smallDisk(workDir, 24);
    const spool = await Spool.open(workDir, 'prod-1');
    const [first, second, ...newer] = await filled(spool, [2, 4, 4, 4, 3]);
    expect((await spool.limit()).map(({ id }) => id)).toEqual([second, first]);
    expect(await idsIn(spool)).toEqual(newer.toReversed());
    expect(await spool.limit()).toEqual([]);
  });

  test('keeps the newest although it takes more than half of the disk', async () => {
    using _disk = await smallDisk(workDir, 24);
    const spool = await Spool.open(workDir, 'prod-1');
    const [first, second] = await filled(spool, [1, 16]);
    expect((await spool.limit()).map(({ id }) => id)).toEqual([first]);
    expect(await idsIn(spool)).toEqual([second]);
  });

  test('keeps no more than a hundred', async () => {
    const spool = await Spool.open(workDir, 'prod-1');
    const ids = await filled(
      spool,
      Array.from({ length: 102 }, () => 0),
    );
    expect((await spool.limit()).map(({ id }) => id)).toEqual([ids[1], ids[0]]);
    expect(await idsIn(spool)).toHaveLength(100);
  });

  test('names a snapshot by the digest of its bytes, for its owner alone', async () => {
    const spool = await Spool.open(workDir, 'prod-1');
    const pieces = [Buffer.alloc(3 * MiB, 1), Buffer.from('end')];
    const { snapshot, digest } = await spool.add(each(pieces.map((piece) => Buffer.from(piece))), OPTIONS);
    expect(digest).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
    expect(snapshot).toMatchObject({
      id: `20261122T203437Z-${digest.slice(0, 16)}`,
      instance: 'prod-1',
      createdAt: OPTIONS.createdAt,
      bytes: 3 * MiB + 3,
    });
    const [name = ''] = await readdir(directory);
    expect(snapshot.key).toBe(`prod-1/${name}`);
    expect((await readFile(join(directory, name))).equals(Buffer.concat(pieces))).toBe(true);
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(await (await spool.body(snapshot)).text()).toHaveLength(3 * MiB + 3);
  });

  test('lists what waits, newest first, and forgets what is removed', async () => {
    const spool = await Spool.open(workDir, 'prod-1');
    for (const second of ['10', '12', '11']) {
      await spool.add(each([Buffer.from(second)]), { ...OPTIONS, createdAt: `2026-11-22T20:34:${second}Z` });
    }
    const waiting = await (await Spool.open(workDir, 'prod-1')).waiting();
    expect(waiting.map(({ createdAt }) => createdAt.slice(17, 19))).toEqual(['12', '11', '10']);
    for (const snapshot of waiting) await spool.remove(snapshot);
    expect(await spool.waiting()).toEqual([]);
  });

  test('removes what a killed writer left half written', async () => {
    await (await Spool.open(workDir, 'prod-1')).add(each([Buffer.from('whole')]), OPTIONS);
    await writeFile(join(directory, `${crypto.randomUUID()}.part`), 'half');
    const spool = await Spool.open(workDir, 'prod-1');
    expect(await spool.waiting()).toHaveLength(1);
    expect(await readdir(directory)).toHaveLength(1);
  });

  test('leaves nothing when what is to be sealed fails half way, or the run is interrupted', async () => {
    const spool = await Spool.open(workDir, 'prod-1');
    async function* broken(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.alloc(2 * MiB));
      throw new Error('the disk went away');
    }
    await expect(spool.add(broken(), OPTIONS)).rejects.toThrow('the disk went away');
    const signal = AbortSignal.abort();
    await expect(spool.add(each([Buffer.alloc(1)]), { ...OPTIONS, signal })).rejects.toThrow();
    expect(await readdir(directory)).toEqual([]);
  });

  test('leaves nothing on a disk that is full, and says so', async () => {
    using _disk = await smallDisk(workDir, 1);
    const spool = await Spool.open(workDir, 'prod-1');
    const large = each([Buffer.alloc(MiB), Buffer.alloc(MiB)]);
    await expect(spool.add(large, OPTIONS)).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(await readdir(directory)).toEqual([]);
  });
});
