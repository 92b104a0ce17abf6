import { ClawbackError } from '../../ports/errors.ts';
import { zone } from '../zone.ts';
import { cronTime } from './cron-time.ts';

/** When a cron expression comes due. Instants are milliseconds since 1970. */
export interface Occurrences {
  /** The first instant after this one. */
  readonly after: (instant: number) => number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** No zone has set its clocks by more than this at once. */
const LONGEST_SHIFT = 3 * HOUR;

/**
 * A cron expression of five fields, or six with seconds first, on the clock of a time zone.
 *
 * When clocks are set, an expression that names its hours keeps its promise of so many times a day: what is due in an hour that is
 * skipped comes as soon as it is over, what is due in an hour that comes twice comes the first time. One for every hour (`*`) goes by
 * the time that passes. That is cronie's rule; the package `cron`, which reads the expressions, has none that holds
 * (2026-10-25 in Berlin, `0 3 * * *` comes at 2:00 and at 3:00), so it is asked about clocks that are never set.
 *
 * @throws ClawbackError `CONFIG` if it is no expression, or one that never comes due.
 */
export function occurrences(expression: string, timezone: string): Occurrences {
  const clocks = offsets(timezone);
  const nextOnWall = onceAnHour(expression) ?? byCron(expression);
  const hours = expression.trim().split(/\s+/).at(-4) ?? '';
  const after = hours.startsWith('*') ? everyHour : namedHours;
  return { after: (instant) => after(instant, nextOnWall, clocks) };
}

/** The first time after this one that the clock shows what is due; both in milliseconds, as if the clock were UTC's. */
type NextOnWall = (wall: number) => number;

/** The usual expression, `17 * * * *`, is not worth loading a calendar; null for any other. */
function onceAnHour(expression: string): NextOnWall | null {
  const [, minute] = /^([0-5]?\d) \* \* \* \*$/.exec(expression) ?? [];
  if (minute === undefined) return null;
  return (wall) => {
    const due = Math.floor(wall / HOUR) * HOUR + Number(minute) * 60_000;
    return due > wall ? due : due + HOUR;
  };
}

function byCron(expression: string): NextOnWall {
  const time = parse(expression);
  return (wall) => {
    try {
      return time.getNextDateFrom(new Date(wall), 'UTC').toMillis();
    } catch (cause) {
      throw new ClawbackError('CONFIG', `never comes due: "${expression}"`, {
        hint: 'the month has no such day: check the day of the month and the month',
        cause,
      });
    }
  };
}

function parse(expression: string): ReturnType<typeof cronTime> {
  try {
    return cronTime(expression);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new ClawbackError('CONFIG', `not a cron expression: "${expression}" (${why})`, {
      hint: 'write minute, hour, day of month, month and day of week: 17 * * * *',
      cause,
    });
  }
}

/** Every time that the clock shows what is due. */
function everyHour(instant: number, nextOnWall: NextOnWall, clocks: Offsets): number {
  const before = clocks.at(instant);
  const due = nextOnWall(instant + before) - before;
  // Within a day clocks are set once at most, and beyond that the hour does not matter yet.
  if (due - instant > DAY) return everyHour(due - DAY / 2, nextOnWall, clocks);
  const change = clocks.changeBetween(instant, Math.max(due, instant + LONGEST_SHIFT));
  if (change === null || due < change) return due;
  const offset = clocks.at(change);
  return nextOnWall(change + offset - 1000) - offset;
}

/** The first time that the clock shows what is due, or a later time. */
function namedHours(instant: number, nextOnWall: NextOnWall, clocks: Offsets): number {
  // Where the hour comes a second time, the clock has shown more than it shows now.
  const change = clocks.changeBetween(instant - LONGEST_SHIFT, instant);
  const shown = change === null ? -Infinity : change + clocks.at(change - 1) - 1000;
  const wall = nextOnWall(Math.max(instant + clocks.at(instant), shown));
  return firstShown(wall, clocks);
}

function firstShown(wall: number, clocks: Offsets): number {
  const [earlier, later] = [clocks.at(wall - DAY), clocks.at(wall + DAY)];
  const change = clocks.changeBetween(wall - DAY, wall + DAY);
  if (change === null || wall < change + earlier) return wall - earlier;
  return Math.max(change, wall - later);
}

interface Offsets {
  /** What clocks there are ahead of UTC, in milliseconds. */
  at(instant: number): number;
  /** The instant from which on clocks go otherwise than at `from`, up to `to`; null if they do not. */
  changeBetween(from: number, to: number): number | null;
}

function offsets(timezone: string): Offsets {
  const there = zone(timezone);
  const at = (instant: number): number => there.wallClock(instant) - instant;
  const changeBetween = (from: number, to: number): number | null => {
    const before = at(from);
    if (at(to) === before) return null;
    let [same, other] = [Math.floor(from / 1000), Math.ceil(to / 1000)];
    while (other - same > 1) {
      const middle = Math.floor((same + other) / 2);
      if (at(middle * 1000) === before) same = middle;
      else other = middle;
    }
    return other * 1000;
  };
  return { at, changeBetween };
}
