import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { fileStorage } from '../../../../src/adapters/storage/file.ts';
import { limited } from '../../../../src/adapters/storage/limited.ts';
import { parseRate } from '../../../../src/core/config/rate.ts';
import { memoryStorage } from '../../../../src/adapters/storage/memory.ts';
import { bufferOf } from '../../../support/snapshots.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const MiB = 1024 * 1024;

test.each(['memory', 'file'])(
  'a limited %s storage carries the same bytes, and not faster than it may',
  async (kind) => {
    await using place = await temporaryDirectory();
    const inner = kind === 'memory' ? memoryStorage() : fileStorage(pathToFileURL(place.path));
    const storage = limited(inner, 4 * MiB);
    const bytes = randomBytes(2 * MiB);
    const began = performance.now();
    await storage.put('a/x', new Blob([bytes]));
    const up = performance.now();
    expect((await bufferOf(await storage.get('a/x'))).equals(bytes)).toBe(true);
    // Half a second each, less the first step, which waits for nobody.
    expect(up - began).toBeGreaterThan(350);
    expect(performance.now() - up).toBeGreaterThan(350);
  },
);

test('a part of a limited body is that part', async () => {
  const seen: Buffer[] = [];
  const inner = {
    ...bare(),
    put: async (_key: string, body: Blob) => {
      seen.push(Buffer.from(await body.slice(2, 5).arrayBuffer()));
    },
  };
  const storage = limited(inner, MiB);
  await storage.put('a/x', new Blob(['abcdefgh']));
  expect(seen.map(String)).toEqual(['cde']);
});

test('an abort ends the waiting', async () => {
  const aborter = new AbortController();
  const storage = limited(memoryStorage(), 1024);
  const putting = storage.put('a/x', new Blob([randomBytes(MiB)]), { signal: aborter.signal });
  setImmediate(() => {
    aborter.abort();
  });
  await expect(putting).rejects.toThrow();
});

test.each([
  ['10MiB/s', 10 * MiB],
  ['1.5MB/s', 1_500_000],
  ['500KiB/s', 500 * 1024],
  ['10', null],
  ['0MiB/s', null],
  ['fast', null],
])('a rate of %s is %s bytes a second', (text, rate) => {
  expect(parseRate(text)).toBe(rate);
});

function bare() {
  const memory = memoryStorage();
  return {
    location: memory.location,
    get: memory.get.bind(memory),
    list: memory.list.bind(memory),
    delete: memory.delete.bind(memory),
    sweep: memory.sweep.bind(memory),
  };
}
