import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatSeconds, formatTime } from '../../../src/cli/units.ts';

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [12_897_485, '12.3 MiB'],
  [1024 * 1024 - 1, '1.0 MiB'],
  [1024 ** 5 * 5000, '5000.0 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [0.04, '0.0 s'],
  [9.96, '10 s'],
  [59.7, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

it('counts have thousands and a plural', () => {
  expect([formatCount(1, 'file'), formatCount(41_000, 'file')]).toEqual(['1 file', '41,000 files']);
});

it('times are to the minute, and say their zone', () => {
  expect(formatTime('2026-11-22T20:34:37Z')).toBe('2026-11-22 20:34 UTC');
});
