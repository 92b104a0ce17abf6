import { describe, expect, it } from 'vitest';
import { parseSpan } from '../../../../src/core/config/span.ts';

const NOTHING = { years: 0, months: 0, days: 0, hours: 0 };

describe('parseSpan', () => {
  it.each([
    ['30d', { ...NOTHING, days: 30 }],
    ['2w', { ...NOTHING, days: 14 }],
    ['48h', { ...NOTHING, hours: 48 }],
    ['1y6mo', { ...NOTHING, years: 1, months: 6 }],
    [' 1 y 2 d ', { ...NOTHING, years: 1, days: 2 }],
  ])('reads %s', (text, span) => {
    expect(parseSpan(text)).toEqual(span);
  });

  it.each(['', '30', '5m', '0d', 'd', '1y and 2d', '-1d'])('refuses "%s", with how to write one', (text) => {
    expect(() => parseSpan(text)).toThrow(
      expect.objectContaining({ code: 'CONFIG', hint: expect.stringMatching(/30d/) as string }),
    );
  });
});
