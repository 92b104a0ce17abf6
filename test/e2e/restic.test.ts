import { expect, it } from 'vitest';
import { compareWithRestic } from '../support/compare-restic.ts';

// The campaign of the same name compares a thousand histories.
it('keeps what restic keeps of random histories, in each time zone', async () => {
  expect(await compareWithRestic({ histories: 150, policies: 5 })).toBe(150);
});
