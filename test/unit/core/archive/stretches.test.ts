import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stretchesOf } from '../../../../src/core/archive/stretches.ts';

const BLOCK = 512;

/** A tar of entries with headers of some blocks each, of which those with a size are listed; cut into frames at some places. */
const cutTar = fc
  .record({
    entries: fc.array(
      fc.record({ header: fc.integer({ min: 1, max: 3 }), size: fc.option(fc.nat(3000), { nil: null }) }),
      { minLength: 1, maxLength: 30 },
    ),
    cuts: fc.array(fc.nat(200), { maxLength: 20 }),
  })
  .map(({ entries, cuts }) => {
    const starts = new Set<number>();
    const contents: { offset: number; size: number }[] = [];
    let at = 0;
    for (const { header, size } of entries) {
      starts.add(at);
      at += header * BLOCK;
      if (size === null) continue;
      contents.push({ offset: at, size });
      at += Math.ceil(size / BLOCK) * BLOCK;
    }
    // The end mark.
    starts.add(at);
    const end = at + 2 * BLOCK;
    // Half of the cuts lie where an entry begins.
    const begins = [...starts];
    const places = cuts.map((cut, index) => (index % 2 === 0 ? begins[cut % begins.length] : cut * BLOCK) ?? 0);
    const borders = [...new Set([0, ...places.filter((place) => place < end)])].sort((a, b) => a - b);
    const frames = borders.map((tarStart, index) => ({
      ...{ start: 0, length: 0, tarStart },
      tarLength: (borders[index + 1] ?? end) - tarStart,
    }));
    return { starts, contents, frames };
  });

test('whatever the frames, each stretch begins with an entry and holds the contents that lie in it', () => {
  let cut = 0;
  fc.assert(
    fc.property(cutTar, ({ starts, contents, frames }) => {
      const stretches = stretchesOf(frames, contents.toReversed());
      cut += stretches.length - 1;
      expect(stretches.flatMap((stretch) => stretch.frames)).toEqual(frames);
      expect(stretches.flatMap((stretch) => stretch.contents)).toEqual(contents);
      for (const stretch of stretches) {
        const start = stretch.frames[0]?.tarStart ?? NaN;
        const last = stretch.frames.at(-1);
        const end = (last?.tarStart ?? NaN) + (last?.tarLength ?? NaN);
        expect(starts).toContain(start);
        for (const { offset, size } of stretch.contents) {
          expect(offset).toBeGreaterThan(start);
          expect(offset + size).toBeLessThanOrEqual(end);
        }
      }
    }),
  );
  expect(cut).toBeGreaterThan(50);
});
