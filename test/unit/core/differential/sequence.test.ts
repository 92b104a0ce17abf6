import fc from 'fast-check';
import { test } from 'vitest';
import { histories } from '../../../support/changing-tree.ts';
import { playHistory } from '../../../support/differential-sequence.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

test('whatever happens between full and differential snapshots, each restores what was there, with stock tools too', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (steps) => {
      await using home = await temporaryDirectory();
      await playHistory(home.path, steps, { byStock: true });
    }),
    { numRuns: 4 },
  );
}, 120_000);
