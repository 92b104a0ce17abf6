import { ClawbackError } from '../../ports/errors.ts';
import type { Span } from '../zone.ts';

const UNITS = { y: 'years', mo: 'months', w: 'weeks', d: 'days', h: 'hours' } as const;

/**
 * A stretch of the calendar: `30d`, `6mo`, `1y6mo`. Months are not `m`, which means minutes wherever a duration is written.
 *
 * @throws ClawbackError `CONFIG` for anything else, and for no time at all.
 */
export function parseSpan(text: string): Span {
  const amounts = { years: 0, months: 0, weeks: 0, days: 0, hours: 0 };
  for (const [, amount, unit] of text.matchAll(/(\d+)\s*(y|mo|w|d|h)/g)) {
    amounts[UNITS[unit as keyof typeof UNITS]] += Number(amount);
  }
  const { years, months, weeks, days, hours } = amounts;
  const isWellFormed = /^\s*(?:\d+\s*(?:y|mo|w|d|h)\s*)+$/.test(text);
  if (!isWellFormed || years + months + weeks + days + hours === 0) {
    throw new ClawbackError('CONFIG', `not a stretch of time: "${text}"`, {
      hint: 'write numbers with h, d, w, mo (months) or y: 30d, 1y6mo',
    });
  }
  return { years, months, days: days + 7 * weeks, hours };
}
