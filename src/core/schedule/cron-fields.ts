import { ClawbackError } from '../../ports/errors.ts';
import { cronTime } from './cron-time.ts';

/** The values of one field in ascending order; null means every one. */
export type Field = readonly number[] | null;

/**
 * A cron expression, taken apart. If both days are given, a day that fits either of them is meant: that is cron's rule, and no other
 * scheduler's.
 */
export interface CronFields {
  readonly second: Field;
  readonly minute: Field;
  readonly hour: Field;
  readonly day: Field;
  /** 1 is January. */
  readonly month: Field;
  /** 0 is Sunday. */
  readonly weekday: Field;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * @throws ClawbackError `CONFIG` if it is no cron expression.
 */
export function cronFields(expression: string): CronFields {
  refuseOther(expression);
  const written = expression.trim().toLowerCase().split(/\s+/);
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = ''] =
    written.length === 6 ? written : ['0', ...written];
  const months = MONTHS.reduce((text, name, index) => text.replaceAll(name, String(index + 1)), month);
  const weekdays = WEEKDAYS.reduce((text, name, index) => text.replaceAll(name, String(index)), weekday);
  return {
    second: field(values(second, 0, 59), 60),
    minute: field(values(minute, 0, 59), 60),
    hour: field(values(hour, 0, 23), 24),
    day: field(values(day, 1, 31), 31),
    month: field(values(months, 1, 12), 12),
    // Sunday is 7 too.
    weekday: field(
      values(weekdays, 0, 7).map((number) => number % 7),
      7,
    ),
  };
}

/** Whatever the library takes that the daemon keeps the schedule with; it takes expressions apart too, but has lost 0-58 for `*`. */
function refuseOther(expression: string): void {
  try {
    cronTime(expression);
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ClawbackError('CONFIG', `not a cron expression: "${expression}" (${why})`, {
      hint: 'write minute, hour, day of month, month and day of week: 17 * * * *',
      cause,
    });
  }
}

/** Of `*`, `3`, `1-5`, each perhaps with a step such as `/2`, and lists of them; a step from a single number goes on to the end. */
function values(text: string, first: number, last: number): readonly number[] {
  return text.split(',').flatMap((item) => {
    const [range = '', step] = item.split('/');
    const [from = '', to] = range.split('-');
    const begin = from === '*' ? first : Number(from);
    const end = from === '*' || (to === undefined && step !== undefined) ? last : Number(to ?? from);
    const count = Math.floor((end - begin) / Number(step ?? 1)) + 1;
    return Array.from({ length: count }, (_, index) => begin + index * Number(step ?? 1));
  });
}

function field(all: readonly number[], possible: number): Field {
  const known = [...new Set(all)];
  return known.length === possible ? null : known.sort((a, b) => a - b);
}

/** Whatever must hold for one run: the fields, with at most one of the two days. */
export function eitherDay(fields: CronFields): readonly CronFields[] {
  if (fields.day === null || fields.weekday === null) return [fields];
  return [
    { ...fields, weekday: null },
    { ...fields, day: null },
  ];
}

/** Stretches of numbers that follow each other: `[[1, 5], [7, 7]]`. */
export function ranges(values: readonly number[]): readonly (readonly [from: number, to: number])[] {
  const found: [number, number][] = [];
  for (const value of values) {
    const last = found.at(-1);
    if (last?.[1] === value - 1) last[1] = value;
    else found.push([value, value]);
  }
  return found;
}

/** The expression in the five fields that every cron understands, without steps, which crons read differently. */
export function fiveFields({ minute, hour, day, month, weekday }: CronFields): string {
  const written = (field: Field): string =>
    field === null
      ? '*'
      : ranges(field)
          .map(([from, to]) => (from === to ? String(from) : `${from}-${to}`))
          .join(',');
  return [minute, hour, day, month, weekday].map(written).join(' ');
}

/**
 * @throws ClawbackError `CONFIG` if an expression has seconds of its own.
 */
export function refuseSeconds(fields: CronFields, format: string): void {
  if (fields.second?.join() === '0') return;
  throw new ClawbackError('CONFIG', `${format} knows no seconds, and the schedule has some`, {
    hint: 'write five fields, or keep the schedule with systemd or clawback schedule run',
  });
}
