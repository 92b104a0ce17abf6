import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { occurrences } from '../../../../src/core/schedule/occurrences.ts';

/** All that comes due from one time to another, as the clock there shows it. */
function between(expression: string, timezone: string, from: string, to: string): string[] {
  const found: string[] = [];
  const { after } = occurrences(expression, timezone);
  for (let at = after(Date.parse(from)); at < Date.parse(to); at = after(at)) {
    found.push(new Date(at).toISOString().slice(5, 16));
  }
  return found;
}

const SPRING = ['Europe/Berlin', '2026-03-28T12:00Z', '2026-03-30T12:00Z'] as const;
const AUTUMN = ['Europe/Berlin', '2026-10-24T12:00Z', '2026-10-26T12:00Z'] as const;

describe('in Berlin', () => {
  it('half past two comes once in the night that has none, as soon as the hour is over', () => {
    expect(between('30 2 * * *', ...SPRING)).toEqual(['03-29T01:00', '03-30T00:30']);
  });

  it('half past two comes once in the night that has two', () => {
    expect(between('30 2 * * *', ...AUTUMN)).toEqual(['10-25T00:30', '10-26T01:30']);
  });

  it('three o’clock comes once, though the hour before it comes twice', () => {
    expect(between('0 3 * * *', ...AUTUMN)).toEqual(['10-25T02:00', '10-26T02:00']);
  });

  it('several times in a skipped hour come once together', () => {
    expect(between('*/15 2 * * *', ...SPRING).slice(0, 2)).toEqual(['03-29T01:00', '03-30T00:00']);
    expect(between('0,30 2,3 * * *', ...SPRING).slice(0, 3)).toEqual(['03-29T01:00', '03-29T01:30', '03-30T00:00']);
  });

  it('every hour comes every hour', () => {
    const night = ['10-25T00:17', '10-25T01:17', '10-25T02:17', '10-25T03:17'];
    expect(between('17 * * * *', 'Europe/Berlin', '2026-10-25T00:00Z', '2026-10-25T04:00Z')).toEqual(night);
    const other = ['03-29T00:17', '03-29T01:17', '03-29T02:17'];
    expect(between('17 * * * *', 'Europe/Berlin', '2026-03-29T00:00Z', '2026-03-29T03:00Z')).toEqual(other);
  });
});

describe('elsewhere', () => {
  it('half an hour is skipped on Lord Howe Island', () => {
    const days = ['10-03T15:30', '10-04T15:15'];
    expect(between('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00Z', '2026-10-05T12:00Z')).toEqual(days);
  });

  it('midnight is skipped in Santiago', () => {
    const days = ['09-06T04:00', '09-07T03:30'];
    expect(between('30 0 * * *', 'America/Santiago', '2026-09-05T12:00Z', '2026-09-07T12:00Z')).toEqual(days);
  });

  it('a schedule of seconds, of quarters, and of leap years', () => {
    expect(occurrences('* * * * * *', 'UTC').after(1500)).toBe(2000);
    expect(between('0 9 1 1,4,7,10 *', 'UTC', '2026-11-26T00:00Z', '2027-05-01T00:00Z')).toEqual([
      '01-01T09:00',
      '04-01T09:00',
    ]);
    expect(between('0 0 29 2 *', 'UTC', '2026-11-26T00:00Z', '2029-01-01T00:00Z')).toEqual(['02-29T00:00']);
  });
});

it.each([
  ['61 * * * *', 'not a cron expression'],
  ['0 0 30 2 *', 'never comes due'],
])('%s is refused', (expression, message) => {
  const act = (): number => occurrences(expression, 'UTC').after(Date.parse('2026-11-26'));
  expect(act).toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(message) as string }));
});

/** What a clock there shows, by the library of the language and nothing of ours. */
function wallClock(timezone: string): (instant: number) => { hour: number; minute: number } {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: timezone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    return { hour: parts['hour'] ?? 0, minute: parts['minute'] ?? 0 };
  };
}

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Shanghai'];
/** Forty days from each, all zones that set their clocks do so, one way or the other. */
const CHANGES = ['2026-03-01', '2026-09-01', '2026-10-01'];

const YEAR = Date.parse('2026-01-01T00:00Z');
const DAYS = 365;

it('a time of day comes exactly once a day, in every zone, whatever happens to the clocks', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.constantFrom(...CHANGES),
      fc.nat(23 * 60 + 59),
      (timezone, from, time) => {
        const [hour, minute] = [Math.floor(time / 60), time % 60];
        const { after } = occurrences(`${minute} ${hour} * * *`, timezone);
        const shows = wallClock(timezone);
        let at = after(Date.parse(from));
        let late = 0;
        for (let day = 1; day <= 40; day++) {
          const next = after(at);
          const gap = (next - at) / 3_600_000;
          expect(gap).toBeGreaterThanOrEqual(22.5);
          expect(gap).toBeLessThanOrEqual(25.5);
          const wall = shows(next);
          if (wall.hour !== hour || wall.minute !== minute) late++;
          at = next;
        }
        // In the one hour that is skipped.
        expect(late).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 30 },
  );
});

it('every so many minutes comes whenever a clock shows it, and never else', () => {
  const times = fc.constantFrom(...ZONES).chain((timezone) => fc.tuple(fc.constant(timezone), fc.nat(DAYS * 24 * 60)));
  fc.assert(
    fc.property(times, fc.nat(59), ([timezone, minutes], minute) => {
      const from = YEAR + minutes * 60_000;
      const shows = wallClock(timezone);
      let at = from + 60_000;
      while (shows(at).minute !== minute) at += 60_000;
      expect(occurrences(`${minute} * * * *`, timezone).after(from)).toBe(at);
    }),
    { numRuns: 500 },
  );
});

it('nothing depends on how often one asks', () => {
  const { after } = occurrences('*/20 1-3 * * *', 'Europe/Berlin');
  const change = Date.parse('2026-10-25T01:00Z');
  fc.assert(
    fc.property(fc.integer({ min: -8 * 3_600_000, max: 8 * 3_600_000 }), fc.nat(3_600_000), (shift, step) => {
      const [earlier, later] = [change + shift, change + shift + step];
      const due = after(earlier);
      expect(due).toBeGreaterThan(earlier);
      expect(due > later ? after(later) : due).toBe(due);
    }),
  );
});

it('once an hour comes when cron says, which is not asked for that', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns');
  const instants = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') });
  fc.assert(
    fc.property(fc.nat(59), zones, instants, fc.boolean(), (minute, zone, instant, isWhole) => {
      const from = isWhole ? Math.floor(instant / 60_000) * 60_000 : instant;
      const [own, byCron] = [`${minute} * * * *`, `${minute} */1 * * *`].map((each) =>
        occurrences(each, zone).after(from),
      );
      expect(own).toBe(byCron);
    }),
    { numRuns: 500 },
  );
});
