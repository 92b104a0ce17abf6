import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compressFrames } from '../../../../src/core/archive/compress.ts';
import { inflateFrames, inflateStream } from '../../../../src/core/archive/decompress.ts';
import { encodeSeekTable, readSeekTable } from '../../../../src/core/archive/seek-table.ts';
import { bufferOf, CUT, each, framed, sourceOf } from '../../../support/snapshots.ts';
import { stock } from '../../../support/stock.ts';

const MiB = 1024 * 1024;
const compressed = (pieces: Iterable<Uint8Array | typeof CUT>): Promise<Buffer> =>
  bufferOf(compressFrames(framed(pieces)));
const zstd = promisify(zstdCompress);

function text(bytes: number): Buffer {
  return Buffer.from(
    'a line of some transcript, not so different from the next one\n'.repeat(Math.ceil(bytes / 62)),
  ).subarray(0, bytes);
}

describe('compressFrames', () => {
  test('stock zstd reads it', async () => {
    const content = Buffer.concat([text(5 * MiB), randomBytes(MiB)]);
    expect(
      await stock(
        'zstd',
        ['-d', '-q'],
        await compressed([content.subarray(0, 3 * MiB), CUT, content.subarray(3 * MiB)]),
      ),
    ).toEqual(content);
  });

  test('frames end at cuts and at 4 MiB, and the seek table says where', async () => {
    const bytes = await compressed([text(10), CUT, CUT, text(9 * MiB), text(3)]);
    const frames = await readSeekTable(sourceOf(bytes));
    expect(frames?.map(({ tarStart, tarLength }) => [tarStart, tarLength])).toEqual([
      [0, 10],
      [10, 4 * MiB],
      [10 + 4 * MiB, 4 * MiB],
      [10 + 8 * MiB, MiB + 3],
    ]);
  });

  test('any one frame inflates alone', async () => {
    const content = text(9 * MiB);
    const bytes = await compressed([content]);
    const frames = (await readSeekTable(sourceOf(bytes))) ?? [];
    const middle = frames.slice(1, 2);
    const [frame] = middle;
    const alone = bytes.subarray(frame?.start, (frame?.start ?? 0) + (frame?.length ?? 0));
    expect(await bufferOf(inflateFrames(each([alone]), middle))).toEqual(content.subarray(4 * MiB, 8 * MiB));
  });

  test('a frame that inflates to more than the seek table says is refused', async () => {
    const bomb = await zstd(Buffer.alloc(64 * MiB));
    const frames = [{ start: 0, length: bomb.length, tarStart: 0, tarLength: 1000 }];
    await expect(bufferOf(inflateFrames(each([bomb]), frames))).rejects.toMatchObject({ code: 'INTEGRITY' });
  });

  test('a seek table that does not add up is refused', async () => {
    const bytes = await compressed([text(1000)]);
    const wrong = Buffer.concat([bytes.subarray(0, 20), encodeSeekTable([{ length: 5, tarLength: 1000 }])]);
    await expect(readSeekTable(sourceOf(wrong))).rejects.toMatchObject({ code: 'INTEGRITY' });
  });
});

describe('inflateStream', () => {
  test('reads frames of any number and size, with and without checksum, skippable ones among them', async () => {
    const skippable = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const emptySkippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
    const parts = [randomBytes(30_000), text(MiB), Buffer.alloc(0), Buffer.alloc(MiB)];
    const frames = [
      skippable,
      await stock('zstd', ['-c', '-q', '--check'], parts[0]),
      await stock('zstd', ['-c', '-q', '--no-check', '-19'], parts[1]),
      emptySkippable,
      await stock('zstd', ['-c', '-q'], parts[2]),
      await zstd(parts[3] ?? ''),
      skippable,
    ];
    const bytes = Buffer.concat(frames);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200_000 }), async (step) => {
        const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) =>
          bytes.subarray(i * step, (i + 1) * step),
        );
        expect((await bufferOf(inflateStream(each(pieces)))).equals(Buffer.concat(parts))).toBe(true);
      }),
      { numRuns: 8, examples: [[1]] },
    );
  });

  test('notices a truncation at any byte, which the platform decompressor does not', async () => {
    const bytes = Buffer.concat([await zstd(text(5000)), await stock('zstd', ['-c', '-q', '--check'], text(300))]);
    const first = (await zstd(text(5000))).length;
    for (let cut = 1; cut < bytes.length; cut++) {
      if (cut === first) continue; // a whole frame, and the only place where a cut cannot be seen
      const reading = bufferOf(inflateStream(each([bytes.subarray(0, cut)])));
      await expect(reading, `cut at ${cut}`).rejects.toMatchObject({ code: 'INTEGRITY' });
    }
  });

  test('refuses what is not zstd', async () => {
    const frame = await zstd(text(100));
    for (const bytes of [Buffer.from('hello, this is no zstd'), Buffer.concat([frame, Buffer.from('trailing')])]) {
      await expect(bufferOf(inflateStream(each([bytes])))).rejects.toMatchObject({ code: 'INTEGRITY' });
    }
  });

  test('can be left early', async () => {
    const bytes = await zstd(Buffer.alloc(32 * MiB));
    for await (const piece of inflateStream(each([bytes]))) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
  });
});
