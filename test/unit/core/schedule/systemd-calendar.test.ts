import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cronFields } from '../../../../src/core/schedule/cron-fields.ts';
import { occurrences } from '../../../../src/core/schedule/occurrences.ts';
import { onCalendar } from '../../../../src/core/schedule/systemd-calendar.ts';

const FROM = Date.UTC(2026, 4, 13, 21, 44, 7);
const COUNT = 4;

/** When systemd's own calendar lets each expression elapse, the first so many times. */
function elapses(calendars: readonly string[]): readonly (readonly number[])[] {
  const base = new Date(FROM).toISOString().slice(0, 19).replace('T', ' ');
  const words = ['calendar', `--base-time=${base} UTC`, `--iterations=${COUNT}`, ...calendars];
  const text = execFileSync('systemd-analyze', words, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C' },
  });
  return text
    .trim()
    .split(/\n\n/)
    .map((block) =>
      [...block.matchAll(/(?:Next elapse|Iteration #\d+|Iter\. #\d+): \w+ ([\d-]+) ([\d:]+) UTC/g)].map(
        ([, day, time]) => Date.parse(`${day ?? ''}T${time ?? ''}Z`),
      ),
    );
}

function ours(expression: string, timezone: string): readonly number[] {
  const due = occurrences(expression, timezone);
  const found: number[] = [];
  for (let at = FROM; found.length < COUNT; at = found.at(-1) ?? at) found.push(due.after(at));
  return found;
}

/** Several expressions are one schedule: the earliest of each. */
function merged(all: readonly (readonly number[])[]): readonly number[] {
  return [...new Set(all.flat())].sort((a, b) => a - b).slice(0, COUNT);
}

const field = (from: number, to: number, names: readonly string[] = []) => {
  const value = fc.integer({ min: from, max: to });
  const range = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)].join('-'));
  const step = fc
    .tuple(fc.oneof(range, fc.constant('*')), fc.integer({ min: 2, max: 9 }))
    .map((parts) => parts.join('/'));
  const some = fc
    .array(fc.oneof(value.map(String), range), { minLength: 1, maxLength: 3 })
    .map((items) => items.join());
  return fc.oneof(fc.constant('*'), some, step, ...(names.length === 0 ? [] : [fc.constantFrom(...names)]));
};

// From four on, for no zone here sets its clocks then: systemd and we differ on what is due in an hour that is skipped.
const expression = fc
  .tuple(
    field(0, 59),
    field(4, 23),
    field(1, 28),
    field(1, 12, ['jan', 'OCT']),
    field(0, 7, ['mon-fri', 'Sun', '5-7', '3/2']),
  )
  .map((fields) => fields.join(' ').replace(/^(\S+) (\*\S*)/, '$1 4-23'));
const timezone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Shanghai', 'America/New_York', 'Asia/Kolkata');

it('means to systemd what the cron expression means to the daemon', () => {
  const samples = fc.sample(fc.tuple(expression, timezone), { numRuns: 150, seed: 5 });
  const calendars = samples.map(([text, zone]) => onCalendar(cronFields(text), zone));
  const found = elapses(calendars.flat());
  expect(found).toHaveLength(calendars.flat().length);
  let next = 0;
  for (const [index, [text, zone]] of samples.entries()) {
    const count = calendars[index]?.length ?? 0;
    expect([text, zone, merged(found.slice(next, next + count))]).toEqual([text, zone, ours(text, zone)]);
    next += count;
  }
});

it.each([
  ['0-58 1-23 1-30 1-11 *', 'UTC', ['*-01..11-01..30 01..23:00..58:00 UTC']],
  ['17 * * * *', 'UTC', ['*-*-* *:17:00 UTC']],
  ['30 4 * * 1-5', 'Asia/Shanghai', ['Mon,Tue,Wed,Thu,Fri *-*-* 04:30:00 Asia/Shanghai']],
  ['0 9 1 1,4,7,10 *', 'UTC', ['*-01,04,07,10-01 09:00:00 UTC']],
  ['*/20 30 6 1-7 * 7', 'UTC', ['*-*-01..07 06:30:00,20,40 UTC', 'Sun *-*-* 06:30:00,20,40 UTC']],
])('%s in %s is %j', (text, zone, calendars) => {
  expect(onCalendar(cronFields(text), zone)).toEqual(calendars);
});

it('refuses what is no cron expression', () => {
  expect(() => cronFields('61 * * * *')).toThrow('not a cron expression: "61 * * * *"');
});
