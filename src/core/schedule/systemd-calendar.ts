import { type CronFields, eitherDay, type Field, ranges } from './cron-fields.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/**
 * The `OnCalendar=` expressions that together mean what a cron expression means: two if it names both days, since systemd
 * wants both to fit and cron either. See systemd.time(7), "Calendar Events".
 */
export function onCalendar(fields: CronFields, timezone: string): readonly string[] {
  return eitherDay(fields).map(({ second, minute, hour, day, month, weekday }) => {
    const days = weekday === null ? '' : `${weekday.map((number) => WEEKDAYS[number] ?? '').join(',')} `;
    return `${days}*-${written(month)}-${written(day)} ${written(hour)}:${written(minute)}:${written(second)} ${timezone}`;
  });
}

function written(field: Field): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  if (field === null) return '*';
  return ranges(field)
    .map(([from, to]) => (from === to ? two(from) : `${two(from)}..${two(to)}`))
    .join(',');
}
