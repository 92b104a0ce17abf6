import { expect, test } from 'vitest';
import { compareReleases, isAtLeast } from '../../../../src/core/openclaw/release.ts';

test('releases are ordered by their numbers, not their letters', () => {
  const releases = ['2026.10.1', '2026.3.8', '2026.9.6', '2026.9', '2025.12.30', '2026.9.6-1'];
  expect(releases.toSorted(compareReleases)).toEqual([
    ...['2025.12.30', '2026.3.8', '2026.9', '2026.9.6', '2026.9.6-1', '2026.10.1'],
  ]);
  expect(isAtLeast('2026.9.6', '2026.7')).toBe(true);
  expect(isAtLeast('2026.6.11', '2026.7')).toBe(false);
  expect(isAtLeast('', '2026.7')).toBe(false);
});
