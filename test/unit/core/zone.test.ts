import { describe, expect, it } from 'vitest';
import { zone } from '../../../src/core/zone.ts';

function iso(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16);
}

const NOTHING = { years: 0, months: 0, days: 0, hours: 0 };

describe('a time zone', () => {
  it.each([
    ['UTC', '2026-06-01T12:00:00Z', '2026-06-01T12:00'],
    ['Asia/Kolkata', '2026-06-01T12:00:00Z', '2026-06-01T17:30'],
    ['America/New_York', '2026-03-08T06:59:59Z', '2026-03-08T01:59'],
    ['America/New_York', '2026-03-08T07:00:00Z', '2026-03-08T03:00'],
    ['Pacific/Kiritimati', '2026-12-31T12:00:00Z', '2027-01-01T02:00'],
  ])('%s shows at %s the time %s', (name, instant, shown) => {
    expect(iso(zone(name).wallClock(Date.parse(instant)))).toBe(shown);
  });

  it('goes back by the calendar: to the same time of day, over a change of the clocks', () => {
    const noon = Date.parse('2026-10-26T11:00:00Z');
    expect(iso(zone('Europe/Berlin').before(noon, { ...NOTHING, days: 1 }))).toBe('2026-10-25T11:00');
    expect(iso(zone('Europe/Berlin').before(noon, { ...NOTHING, days: 2 }))).toBe('2026-10-24T10:00');
    expect(iso(zone('Europe/Berlin').before(noon, { ...NOTHING, hours: 48 }))).toBe('2026-10-24T11:00');
  });

  it('lets a day that a month does not have run over into the next', () => {
    const end = Date.parse('2026-03-31T12:00:00Z');
    expect(iso(zone('UTC').before(end, { ...NOTHING, months: 1 }))).toBe('2026-03-03T12:00');
    expect(iso(zone('UTC').before(end, { ...NOTHING, years: 1, months: 3 }))).toBe('2024-12-31T12:00');
  });
});
