/** A stretch of the calendar: how long a month or a day is depends on where it begins. */
export interface Span {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
}

/** A time zone: the calendar and clock of one place. All times are milliseconds since 1970. */
export interface Zone {
  /** What a clock on the wall shows at an instant, as the instant at which a clock in UTC shows the same. */
  wallClock(instant: number): number;
  /** The instant that lies a span before another: the same time of day so many days earlier, and hours of 3600 seconds. */
  before(instant: number, span: Span): number;
}

/**
 * @param name an IANA name, such as `Asia/Shanghai`
 */
export function zone(name: string): Zone {
  // Most schedules are in UTC, and what Node knows of the calendars of the world takes a tenth of a short command to load.
  const wallClock = name === 'UTC' ? (instant: number): number => instant : wallClockIn(name);

  /** Of a time that a change of the clocks skips or repeats, the instant that Go takes, and so restic. */
  function instantOf(wall: number): number {
    const offset = wallClock(wall) - wall;
    const guess = wall - offset;
    return wall - (wallClock(guess) - guess);
  }

  return {
    wallClock,
    before(instant, { years, months, days, hours }) {
      const date = new Date(wallClock(instant));
      date.setUTCFullYear(date.getUTCFullYear() - years, date.getUTCMonth() - months, date.getUTCDate() - days);
      return instantOf(date.getTime()) - hours * 3_600_000;
    },
  };
}

function wallClockIn(name: string): Zone['wallClock'] {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (instant % 1000);
  };
}
