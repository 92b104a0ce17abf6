import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { inParts } from '../../../../src/core/archive/in-parts.ts';
import type { StoredSource } from '../../../../src/core/archive/source.ts';
import { bufferOf } from '../../../support/snapshots.ts';

const MiB = 1024 * 1024;
const BYTES = randomBytes(21 * MiB + 77);

interface Watched extends StoredSource {
  readonly asked: [number, number][];
  most: number;
}

/** Two copies of the same bytes, the first of them damaged; every request takes its time. */
function slow({ isDamaged = false, fails = Infinity } = {}): Watched {
  let copy = isDamaged ? 0 : 1;
  let running = 0;
  return {
    size: BYTES.length,
    copies: 2,
    asked: [],
    most: 0,
    async *read(start, end) {
      this.asked.push([start, end ?? BYTES.length]);
      this.most = Math.max(this.most, ++running);
      try {
        for (let at = start; at < (end ?? BYTES.length); at += 300_000) {
          await new Promise(setImmediate);
          if (at >= fails) throw new Error('the line is cut');
          const piece = BYTES.subarray(at, Math.min(at + 300_000, end ?? BYTES.length));
          yield copy === 0 ? Buffer.alloc(piece.length) : piece;
        }
      } finally {
        running -= 1;
      }
    },
    leave: () => {
      copy += 1;
    },
  };
}

describe('inParts', () => {
  test.each([
    [0, BYTES.length],
    [0, null],
    [5, 4 * MiB + 6],
    [7 * MiB - 1, 20 * MiB + 1],
  ])('gives the bytes from %i to %s in order, by a few requests at once', async (start, end) => {
    const source = slow();
    expect((await bufferOf(inParts(source).read(start, end))).equals(BYTES.subarray(start, end ?? BYTES.length))).toBe(
      true,
    );
    expect(source.most).toBeGreaterThan(1);
    expect(source.most).toBeLessThanOrEqual(4);
    expect(source.asked.every(([from, to]) => to - from <= 4 * MiB)).toBe(true);
  });

  test('asks once for what fits one request, and for nothing more', async () => {
    const source = slow();
    await bufferOf(inParts(source).read(1000, 4 * MiB + 1000));
    expect(source.asked).toEqual([[1000, 4 * MiB + 1000]]);
  });

  test('uses nothing of a damaged copy that it had fetched ahead', async () => {
    const source = slow({ isDamaged: true });
    const parts = inParts(source);
    const found: Uint8Array[] = [];
    for await (const piece of parts.read(0, null)) {
      if (found.length === 0) parts.leave(new Error('damaged'));
      found.push(piece);
    }
    const [first = Buffer.alloc(0)] = found;
    const rest = Buffer.concat(found.slice(1));
    expect(rest.equals(BYTES.subarray(first.length))).toBe(true);
  });

  test('fails as the source does, once what came before has been given', async () => {
    const source = slow({ fails: 9 * MiB });
    const given: Uint8Array[] = [];
    const reading = (async () => {
      for await (const piece of inParts(source).read(0, null)) given.push(piece);
    })();
    await expect(reading).rejects.toThrow('the line is cut');
    expect(Buffer.concat(given).equals(BYTES.subarray(0, 8 * MiB))).toBe(true);
  });
});
