import fc from 'fast-check';
import type { Retention } from '../../src/core/config/config.ts';
import type { Candidate } from '../../src/core/retention.ts';
import type { Span } from '../../src/core/zone.ts';

export const NO_RULE: Retention = {
  last: null,
  hourly: null,
  daily: null,
  weekly: null,
  monthly: null,
  yearly: null,
  within: { all: null, hourly: null, daily: null, weekly: null, monthly: null, yearly: null },
  keepTags: [],
  minKeep: 1,
};

/** A full snapshot as its key tells it; two of the same time differ by `digest16`. */
export function candidate(time: number, changes: Partial<Candidate> = {}): Candidate {
  const createdAt = `${new Date(time).toISOString().slice(0, 19)}Z`;
  const digest16 = changes.digest16 ?? '0123456789abcdef';
  const id = `${createdAt.replaceAll(/[-:]/g, '')}-${digest16}`;
  return { id, createdAt, digest16, base: null, tags: [], ...changes };
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** Steps between two snapshots, from seconds to years: what a schedule, a person, and a long holiday make. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 7200 }).map((seconds) => seconds * SECOND) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 72 }).map((hours) => hours * HOUR) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 }).map((days) => days * 24 * HOUR) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }).map((months) => months * 730 * HOUR) },
);

/** Distinct times in whole seconds, oldest first, beginning near a change of the clocks in one of the zones or anywhere. */
export const historyOfTimes: fc.Arbitrary<readonly number[]> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('2020-03-08T05:00:00Z', '2020-10-25T00:00:00Z', '2021-04-03T14:00:00Z', '2019-12-30T20:00:00Z'),
      fc.integer({ min: 1_300_000_000, max: 1_600_000_000 }).map((seconds) => new Date(seconds * SECOND).toISOString()),
    ),
    fc.array(step, { minLength: 0, maxLength: 40 }),
  )
  .map(([start, steps]) => {
    const times = [Date.parse(start)];
    for (const each of steps) times.push((times.at(-1) ?? 0) + each);
    return times;
  });

const span: fc.Arbitrary<Span> = fc
  .record({
    years: fc.constantFrom(0, 0, 0, 1),
    months: fc.constantFrom(0, 0, 1, 7),
    days: fc.constantFrom(0, 1, 14, 40),
    hours: fc.constantFrom(0, 1, 30),
  })
  .filter(({ years, months, days, hours }) => years + months + days + hours > 0);

const count = fc.option(fc.integer({ min: 1, max: 12 }));
const maybeSpan = fc.option(span, { freq: 1 });

/** Policies with at least one rule that always keeps something. */
export const policy: fc.Arbitrary<Retention> = fc
  .record({
    last: count,
    hourly: count,
    daily: count,
    weekly: count,
    monthly: count,
    yearly: count,
    within: fc.record({
      all: maybeSpan,
      hourly: maybeSpan,
      daily: maybeSpan,
      weekly: maybeSpan,
      monthly: maybeSpan,
      yearly: maybeSpan,
    }),
    keepTags: fc.constant([]),
    minKeep: fc.integer({ min: 1, max: 4 }),
  })
  .filter(({ within, ...rules }) =>
    [rules.last, rules.hourly, rules.daily, rules.weekly, rules.monthly, rules.yearly, ...Object.values(within)].some(
      (rule) => rule !== null,
    ),
  );
