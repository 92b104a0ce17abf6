import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Storage } from '../../src/ports/storage.ts';
import { bufferOf } from '../support/snapshots.ts';

export interface StorageUnderTest extends AsyncDisposable {
  readonly storage: Storage;
  /** Makes objects of one byte by other means, for a storage on which 2,600 puts would take minutes. */
  readonly plant?: (keys: readonly string[]) => Promise<void>;
  /** How many objects are listed at once: 2,600 unless that takes too long, and more than one page. */
  readonly many?: number;
  /** What killed puts leave behind; absent where the service drops that by itself. */
  readonly litter?: Litter;
}

export interface Litter {
  /** Leaves what a put to this key leaves that is killed. */
  drop(key: string): Promise<void>;
  /** How much of it is there. */
  count(): Promise<number>;
}

const MiB = 1024 * 1024;
/** More than two pages of any service. */
const MANY = 2600;

/** What `src/ports/storage.ts` promises, rule by rule; every adapter passes it on a real server. */
export function storageContract(name: string, make: () => Promise<StorageUnderTest>): void {
  const all = async (storage: Storage, prefix: string): Promise<{ key: string; size: number }[]> =>
    Array.fromAsync(storage.list(prefix));

  /** A body of ten pieces that calls `on` before each; what `on` throws is what reading the body rejects with. */
  const scripted = (on: (piece: number) => void): Blob => {
    const pieces = Array.from({ length: 10 }, () => randomBytes(64 * 1024));
    const stream = (): ReadableStream<Uint8Array> => {
      let next = 0;
      return new ReadableStream({
        pull(controller) {
          on(next);
          const piece = pieces[next++];
          if (piece === undefined) controller.close();
          else controller.enqueue(piece);
        },
      });
    };
    return Object.assign(new Blob(pieces), {
      stream,
      slice: () => scripted(on),
      bytes: () => bufferOf(stream()),
      arrayBuffer: async () => (await bufferOf(stream())).buffer,
    });
  };

  // A busy machine that syncs every object to a slow disk is not the adapter's fault.
  describe(`${name} keeps the storage contract`, { timeout: 60_000 }, () => {
    test.each([0, 1, 64 * 1024, 6 * MiB + 1])('1, 7: what was put is got back: %i bytes', async (size) => {
      await using it = await make();
      const bytes = randomBytes(size);
      await it.storage.put('a/b.C_d-1/x.age', new Blob([bytes]));
      expect((await bufferOf(await it.storage.get('a/b.C_d-1/x.age'))).equals(bytes)).toBe(true);
      expect(await all(it.storage, 'a/')).toEqual([{ key: 'a/b.C_d-1/x.age', size }]);
    });

    test('1: what is no key is stored nowhere', async () => {
      await using it = await make();
      for (const key of ['', '/a', 'a/', 'a//b', '../a', 'a/./b', 'a b', 'a\\b', 'a?b', 'a%2Fb', 'ünïcode', 'a\nb']) {
        await expect(it.storage.put(key, new Blob(['x'])), key).rejects.toMatchObject({ code: 'FAILED' });
      }
      expect(await all(it.storage, '')).toEqual([]);
    });

    test('2: a put whose body fails half way leaves nothing', async () => {
      await using it = await make();
      const body = scripted((piece) => {
        if (piece === 3) throw new Error('the disk went away');
      });
      await expect(it.storage.put('a/broken', body)).rejects.toMatchObject({ code: 'FAILED' });
      expect(await all(it.storage, '')).toEqual([]);
      await expect(it.storage.get('a/broken')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('2: a reader never sees part of an object', async () => {
      await using it = await make();
      const bytes = randomBytes(6 * MiB);
      const sizes = new Set<number>();
      const put = { isDone: false };
      const putting = it.storage.put('a/whole', new Blob([bytes])).finally(() => {
        put.isDone = true;
      });
      for (let looks = 0; looks < 200 && !put.isDone; looks++) {
        for (const { size } of await all(it.storage, 'a/')) sizes.add(size);
      }
      await putting;
      expect([...sizes].filter((size) => size !== bytes.length)).toEqual([]);
    });

    test('3: a put never overwrites', async () => {
      await using it = await make();
      await it.storage.put('a/once', new Blob(['first']));
      await expect(it.storage.put('a/once', new Blob(['second']))).rejects.toMatchObject({ code: 'EXISTS' });
      expect((await bufferOf(await it.storage.get('a/once'))).toString()).toBe('first');
      expect(await all(it.storage, '')).toHaveLength(1);
    });

    test('3: of many puts to one key, one wins', async () => {
      await using it = await make();
      const puts = Array.from({ length: 8 }, (_, i) =>
        it.storage.put('a/race', new Blob([`writer ${i}`.repeat(1000)])),
      );
      const outcomes = await Promise.allSettled(puts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect((await bufferOf(await it.storage.get('a/race'))).toString()).toBe(`writer ${winner}`.repeat(1000));
    });

    test('4: a missing key is NOT_FOUND', async () => {
      await using it = await make();
      await expect(it.storage.get('a/missing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(it.storage.get('a/missing', { range: { start: 0, end: 1 } })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    test.each([
      [0, 1],
      [5, 5],
      [MiB - 1, MiB + 1],
      [2 * MiB - 3, 2 * MiB],
      [2 * MiB - 3, 9 * MiB],
      [0, 2 * MiB],
    ])('4: a range is half open and cut at the end: %i to %i', async (start, end) => {
      await using it = await make();
      const bytes = randomBytes(2 * MiB);
      await it.storage.put('a/range', new Blob([bytes]));
      const got = await bufferOf(await it.storage.get('a/range', { range: { start, end } }));
      expect(got.equals(bytes.subarray(start, end))).toBe(true);
    });

    test('5: lists by prefix, in key order', async () => {
      await using it = await make();
      const keys = ['a/1', 'a/10', 'a/2', 'a-b/1', 'a.b/1', 'b/c/d', 'B/1', 'a/B', 'ab'];
      await Promise.all(keys.map((key) => it.storage.put(key, new Blob([key]))));
      expect((await all(it.storage, '')).map(({ key }) => key)).toEqual(keys.toSorted());
      expect((await all(it.storage, 'a/')).map(({ key }) => key)).toEqual(['a/1', 'a/10', 'a/2', 'a/B']);
      expect((await all(it.storage, 'a/1')).map(({ key }) => key)).toEqual(['a/1', 'a/10']);
      expect((await all(it.storage, 'a')).map(({ key }) => key)).toEqual(
        keys.filter((key) => key.startsWith('a')).toSorted(),
      );
      expect(await all(it.storage, 'nothing/')).toEqual([]);
    });

    test('5: lists past any page limit', async () => {
      await using it = await make();
      const keys = Array.from({ length: it.many ?? MANY }, (_, i) => `many/${String(i).padStart(5, '0')}`);
      const planted = it.plant?.(keys);
      await planted;
      for (let at = 0; planted === undefined && at < keys.length; at += 50) {
        await Promise.all(keys.slice(at, at + 50).map((key) => it.storage.put(key, new Blob(['x']))));
      }
      expect((await all(it.storage, 'many/')).map(({ key }) => key)).toEqual(keys);
    });

    test('6: what is deleted is gone, and deleting it again is no error', async () => {
      await using it = await make();
      await it.storage.put('a/doomed', new Blob(['x']));
      await it.storage.delete('a/doomed');
      await it.storage.delete('a/doomed');
      expect(await all(it.storage, '')).toEqual([]);
      await expect(it.storage.get('a/doomed')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('10: a sweep clears what killed puts left below the prefix, if it is old enough, and nothing else', async () => {
      await using it = await make();
      const { litter } = it;
      const [earlier, later] = [new Date(Date.now() - 60 * 60 * 1000), new Date(Date.now() + 60 * 60 * 1000)];
      const left = async (): Promise<number> => (await litter?.count()) ?? 0;
      const some = litter === undefined ? 0 : 1;
      await it.storage.put('a/x', new Blob(['x']));
      for (const key of ['a/y', 'a/b/y', 'ab/y']) await litter?.drop(key);
      expect(await left()).toBe(3 * some);
      expect(await it.storage.sweep('', { before: earlier })).toBe(0);
      expect(await it.storage.sweep('nothing/', { before: later })).toBe(0);
      expect(await left()).toBe(3 * some);
      expect(await it.storage.sweep('a/', { before: later })).toBe(2 * some);
      expect(await left()).toBe(some);
      expect(await it.storage.sweep('', { before: later })).toBe(some);
      expect(await it.storage.sweep('', { before: later })).toBe(0);
      expect(await left()).toBe(0);
      expect(await all(it.storage, '')).toEqual([{ key: 'a/x', size: 1 }]);
    });

    test('9: an aborted put, get, list, delete or sweep rejects with ABORTED and changes nothing', async () => {
      await using it = await make();
      const signal = AbortSignal.abort();
      await it.storage.put('a/stays', new Blob(['x']));
      await expect(it.storage.put('a/never', new Blob(['x']), { signal })).rejects.toMatchObject({ code: 'ABORTED' });
      await expect(it.storage.get('a/stays', { signal })).rejects.toMatchObject({ code: 'ABORTED' });
      await expect(it.storage.delete('a/stays', { signal })).rejects.toMatchObject({ code: 'ABORTED' });
      await expect(Array.fromAsync(it.storage.list('', { signal }))).rejects.toMatchObject({ code: 'ABORTED' });
      const sweeping = it.storage.sweep('', { before: new Date(), signal });
      await expect(sweeping).rejects.toMatchObject({ code: 'ABORTED' });
      expect(await all(it.storage, '')).toEqual([{ key: 'a/stays', size: 1 }]);
    });

    test('9: a put aborted half way leaves nothing', async () => {
      await using it = await make();
      const aborter = new AbortController();
      const body = scripted((piece) => {
        if (piece === 3) aborter.abort();
      });
      const putting = it.storage.put('a/aborted', body, { signal: aborter.signal });
      await expect(putting).rejects.toMatchObject({ code: 'ABORTED' });
      expect(await all(it.storage, '')).toEqual([]);
    });
  });
}
