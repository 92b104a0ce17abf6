import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapOrdered } from '../../../../src/core/archive/ordered.ts';
import { each } from '../../../support/snapshots.ts';

describe('mapOrdered', () => {
  test('gives every result in order, and never works on more than it may', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(3),
        async (items, width, ready) => {
          let [atWork, most] = [0, 0];
          const work = async (item: number): Promise<number> => {
            most = Math.max(most, ++atWork);
            if (item > 0) await sleep(item);
            atWork -= 1;
            return item;
          };
          expect(await Array.fromAsync(mapOrdered(each(items), width, work, ready))).toEqual(items);
          expect(most).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('goes on working while its consumer is busy', async () => {
    const begun: number[] = [];
    const results = mapOrdered(each([1, 2, 3, 4, 5, 6]), 3, (item) => Promise.resolve(begun.push(item)));
    await results.next();
    await sleep(5);
    expect(begun).toEqual([1, 2, 3, 4]);
    await results.next();
    await sleep(5);
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    await results.return(undefined);
  });

  test('works on while one that is ahead of others takes its time, as far as results may wait', async () => {
    const first = Promise.withResolvers<number>();
    const begun: number[] = [];
    const work = (item: number): Promise<number> => {
      begun.push(item);
      return item === 1 ? first.promise : Promise.resolve(item);
    };
    const results = mapOrdered(each([1, 2, 3, 4, 5, 6]), 2, work, 2);
    const next = results.next();
    await sleep(5);
    expect(begun).toEqual([1, 2, 3, 4]);
    first.resolve(1);
    expect(await next).toEqual({ done: false, value: 1 });
    expect(await Array.fromAsync(results)).toEqual([2, 3, 4, 5, 6]);
  });

  test('gives the first result without waiting for a second item', async () => {
    async function* slow(): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => undefined);
    }
    const results = mapOrdered(slow(), 3, (item) => Promise.resolve(item));
    expect(await results.next()).toEqual({ done: false, value: 1 });
    // Nor does leaving it wait for one.
    await results.return(undefined);
  });

  test('gives what came before an error of the source, then the error', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      yield await Promise.resolve(2);
      throw new Error('no more');
    }
    const seen: number[] = [];
    const all = async (): Promise<void> => {
      for await (const result of mapOrdered(failing(), 4, (item) => sleep(2, item))) seen.push(result);
    };
    await expect(all()).rejects.toThrow('no more');
    expect(seen).toEqual([1, 2]);
  });

  test('ends with the first failure of the work in order, and closes the source', async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (let item = 0; ; item++) yield await Promise.resolve(item);
      } finally {
        isClosed = true;
      }
    }
    const work = async (item: number): Promise<number> => {
      await sleep(item === 3 ? 1 : 4);
      if (item >= 2) throw new Error(`failed at ${item}`);
      return item;
    };
    const seen: number[] = [];
    const all = async (): Promise<void> => {
      for await (const result of mapOrdered(source(), 3, work)) seen.push(result);
    };
    await expect(all()).rejects.toThrow('failed at 2');
    expect(seen).toEqual([0, 1]);
    await sleep(1);
    expect(isClosed).toBe(true);
  });
});
