import fs, { appendFileSync, closeSync, ftruncateSync, openSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AT_ONCE_BYTES, type Change, FileReader, type SmallFile } from '../../../../src/core/capture/read-file.ts';
import { bufferOf, each } from '../../../support/snapshots.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

async function read(
  path: string,
  meanwhile: () => void = () => undefined,
): Promise<{ bytes: Buffer; size: number; changes: Change[] }> {
  const changes: Change[] = [];
  const { size, content } = new FileReader().read(path, (change) => changes.push(change));
  async function* copied(): AsyncGenerator<Buffer> {
    for await (const piece of Buffer.isBuffer(content) ? each([content]) : content) {
      yield Buffer.from(piece);
      meanwhile();
    }
  }
  return { bytes: await bufferOf(copied()), size, changes };
}

function patterned(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 7) % 251));
}

/** Counts how often somebody looks at an open file, in its scope. */
function countingLooks(): Disposable & { readonly count: () => number } {
  const { fstatSync } = fs;
  let looks = 0;
  const replace = (by: typeof fstatSync): void => {
    fs.fstatSync = by;
    syncBuiltinESMExports();
  };
  replace(
    new Proxy(fstatSync, {
      apply: (real, self, words: Parameters<typeof fstatSync>) => {
        looks++;
        return Reflect.apply(real, self, words) as unknown;
      },
    }),
  );
  return {
    count: () => looks,
    [Symbol.dispose]: () => {
      replace(fstatSync);
    },
  };
}

describe('FileReader', () => {
  test.each([
    0,
    1,
    4096,
    AT_ONCE_BYTES - 1,
    AT_ONCE_BYTES,
    AT_ONCE_BYTES + 1,
    2 * AT_ONCE_BYTES,
    2 * AT_ONCE_BYTES + 5,
  ])('reads a file of %i bytes as it is', async (size) => {
    await using directory = await temporaryDirectory();
    const content = patterned(size);
    await writeFile(join(directory.path, 'file'), content);
    const found = await read(join(directory.path, 'file'));
    expect(found.bytes.equals(content)).toBe(true);
    expect(found).toMatchObject({ size, changes: [] });
  });

  test('gives up after a few looks at a small file that is never the same, and says so', async () => {
    // The kernel says that it is empty, and then there is something in it.
    expect(await read('/proc/self/status')).toEqual({ bytes: Buffer.alloc(0), size: 0, changes: ['changed'] });
  });

  test('gives exactly the announced bytes of a large file, whatever becomes of it', async () => {
    await using directory = await temporaryDirectory();
    const path = join(directory.path, 'file');
    const content = patterned(3 * AT_ONCE_BYTES + 17);

    await writeFile(path, content);
    const grown = await read(path, () => {
      appendFileSync(path, 'more');
    });
    expect(grown.bytes.equals(content)).toBe(true);
    expect(grown.changes).toEqual(['changed']);

    await writeFile(path, content);
    const shrunk = await read(path, () => {
      const descriptor = openSync(path, 'r+');
      ftruncateSync(descriptor, AT_ONCE_BYTES + 5);
      closeSync(descriptor);
    });
    expect(shrunk.bytes.length).toBe(content.length);
    expect(shrunk.bytes.subarray(0, AT_ONCE_BYTES + 5).equals(content.subarray(0, AT_ONCE_BYTES + 5))).toBe(true);
    expect(shrunk.bytes.subarray(AT_ONCE_BYTES + 5).every((byte) => byte === 0)).toBe(true);
    expect(shrunk.changes).toEqual(['shrank']);
  });

  describe('that has one look at files that nobody touches', () => {
    const FUTURE = Date.parse('2100-01-01');

    async function once(
      path: string,
      atRest: { since?: number; devices?: Set<number> } = {},
    ): Promise<SmallFile | null> {
      const { dev } = await stat(path);
      const reader = new FileReader({ atRest: { since: FUTURE, devices: new Set([dev]), ...atRest } });
      return reader.readSmall(path);
    }

    test.each([0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, AT_ONCE_BYTES])('reads %i bytes', async (size) => {
      await using home = await temporaryDirectory();
      const path = join(home.path, 'file');
      await writeFile(path, patterned(size));
      const read = await once(path);
      expect(read).toMatchObject({ size, steady: true, stats: { size } });
      expect(read?.content.equals(patterned(size))).toBe(true);
    });

    test('looks twice at one that changed of late, and at one on a device whose clock is another', async () => {
      await using home = await temporaryDirectory();
      const path = join(home.path, 'file');
      await writeFile(path, 'x');
      using looks = countingLooks();
      await once(path);
      expect(looks.count()).toBe(1);
      await once(path, { since: Date.now() });
      expect(looks.count()).toBe(1 + 1 + 2);
      await once(path, { devices: new Set() });
      expect(looks.count()).toBe(4 + 1 + 2);
    });
  });
});
