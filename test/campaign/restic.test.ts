import { expect, it } from 'vitest';
import { compareWithRestic } from '../support/compare-restic.ts';

it('keeps what restic keeps of a thousand random histories under a hundred random policies', async () => {
  expect(await compareWithRestic({ histories: 1000, policies: 100 })).toBe(20_000);
});
