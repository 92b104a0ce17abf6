import { describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../../src/adapters/storage/memory.ts';
import { type Patience, retrying } from '../../../../src/adapters/storage/retrying.ts';
import { ClawbackError } from '../../../../src/ports/errors.ts';
import type { Storage } from '../../../../src/ports/storage.ts';
import { faulty, type Operation } from '../../../support/faulty.ts';
import { bufferOf } from '../../../support/snapshots.ts';

const HASTE: Patience = { retries: 3, first: 1, longest: 4, random: () => 1 };

describe('retrying', () => {
  test('heals what fails three times, and says so after the fourth', async () => {
    const memory = memoryStorage();
    await memory.put('a/x', new Blob(['x']));
    const failing = (times: number) => retrying(faulty(memory, { fails: ({ count }) => count <= times }), HASTE);
    expect((await bufferOf(await failing(3).get('a/x'))).toString()).toBe('x');
    await expect(failing(4).get('a/x')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test.each(['NOT_FOUND', 'EXISTS', 'DENIED', 'NO_SPACE', 'FAILED', 'ABORTED'] as const)(
    '%s is not tried again',
    async (code) => {
      const asked: Operation[] = [];
      const fails = ({ operation }: { operation: Operation }): boolean => asked.push(operation) > 0;
      const storage = retrying(faulty(memoryStorage(), { code, fails }), HASTE);
      await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({ code });
      expect(asked).toEqual(['put']);
    },
  );

  test('a put whose answer was lost is done when the retry meets its own object', async () => {
    const memory = memoryStorage();
    const storage = retrying(faulty(memory, { fails: ({ count }) => count === 1, afterPut: true }), HASTE);
    await storage.put('a/x', new Blob(['whole']));
    expect((await bufferOf(await memory.get('a/x'))).toString()).toBe('whole');
  });

  test('a put that meets another object after a failure is not done', async () => {
    const memory = memoryStorage();
    await memory.put('a/x', new Blob(['somebody else was here']));
    const storage = retrying(
      faulty(memory, { fails: ({ operation, count }) => operation === 'put' && count === 1 }),
      HASTE,
    );
    await expect(storage.put('a/x', new Blob(['mine']))).rejects.toMatchObject({ code: 'EXISTS' });
  });

  test('an object that was there before the first attempt is EXISTS, whatever its size', async () => {
    const memory = memoryStorage();
    await memory.put('a/x', new Blob(['mine']));
    await expect(retrying(memory, HASTE).put('a/x', new Blob(['mine']))).rejects.toMatchObject({ code: 'EXISTS' });
  });

  test('a listing that broke goes on where it was, each object once', async () => {
    const memory = memoryStorage();
    const keys = ['a/1', 'a/2', 'a/3', 'a/4', 'a/5'];
    for (const key of keys) await memory.put(key, new Blob(['x']));
    const storage = retrying(faulty(memory, { fails: ({ count }) => count <= 2 }), HASTE);
    expect((await Array.fromAsync(storage.list('a/'))).map(({ key }) => key)).toEqual(keys);
  });

  test('waits as long as the service asked for', async () => {
    let attempts = 0;
    const busy: Storage = Object.assign(memoryStorage(), {
      delete: () => {
        attempts++;
        return Promise.reject(new ClawbackError('UNAVAILABLE', 'busy', { retryAfter: 60 }));
      },
    });
    const began = performance.now();
    const deleting = retrying(busy, { ...HASTE, retries: 1 }).delete('a/x');
    await expect(deleting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - began).toBeGreaterThanOrEqual(55);
    expect(attempts).toBe(2);
  });

  test('an abort ends the waiting', async () => {
    const aborter = new AbortController();
    const storage = retrying(faulty(memoryStorage(), { fails: () => true }), {
      ...HASTE,
      first: 60_000,
      longest: 60_000,
    });
    const asking = storage.get('a/x', { signal: aborter.signal });
    setImmediate(() => {
      aborter.abort();
    });
    await expect(asking).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
