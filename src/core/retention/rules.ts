import { ClawbackError } from '../../ports/errors.ts';
import type { Retention } from '../config/config.ts';
import type { Span, Zone } from '../zone.ts';

/** Whose calendar counts, and what time it is there. */
export interface RuleClock {
  readonly zone: Zone;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface Dated {
  /** ISO 8601. */
  readonly createdAt: string;
  readonly tags: readonly string[];
}

export interface Match<T> {
  readonly snapshot: T;
  readonly reason: string;
}

/** A rule that keeps one snapshot for each period, as long as a count or a stretch of time lasts. */
interface PeriodRule {
  readonly name: string;
  /** The same for all instants of a period. */
  readonly periodOf: (wallClock: number, index: number) => string | number;
  /** How many periods; null if time alone limits it. */
  readonly count: number | null;
  /** Instants after this one; null if the count alone limits it. */
  readonly after: number | null;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const PERIODS = [
  { name: 'hourly', periodOf: (wall: number) => Math.floor(wall / HOUR) },
  { name: 'daily', periodOf: (wall: number) => Math.floor(wall / DAY) },
  // The first of January 1970 was a Thursday, and a week begins on Monday.
  { name: 'weekly', periodOf: (wall: number) => Math.floor((Math.floor(wall / DAY) + 3) / 7) },
  { name: 'monthly', periodOf: (wall: number) => new Date(wall).toISOString().slice(0, 7) },
  { name: 'yearly', periodOf: (wall: number) => new Date(wall).getUTCFullYear() },
] as const;

/** Every snapshot is a period of its own. */
const each = (_wall: number, index: number): number => index;

/**
 * What each rule of a policy keeps: the same as `restic forget` of release 0.16 and later, so also the oldest snapshot as long
 * as a rule has periods left to fill.
 *
 * @param sorted newest first
 * @throws ClawbackError `CONFIG` for a policy without a rule.
 */
export function applyRules<T extends Dated>(sorted: readonly T[], policy: Retention, clock: RuleClock): Match<T>[] {
  requireRules(policy);
  const times = sorted.map(({ createdAt }) => Date.parse(createdAt));
  const walls = times.map((time) => clock.zone.wallClock(time));
  // A host whose clock once ran ahead must not make all that is real look old.
  const newest = times.find((time) => time < clock.now);
  const rules = rulesOf(policy, (span) =>
    newest === undefined ? Number.NEGATIVE_INFINITY : clock.zone.before(newest, span),
  );

  const tagged = sorted.flatMap((snapshot) =>
    snapshot.tags.filter((tag) => policy.keepTags.includes(tag)).map((tag) => ({ snapshot, reason: `tag ${tag}` })),
  );
  const inPeriods = rules.flatMap(({ name, periodOf, count, after }) => {
    const matches: Match<T>[] = [];
    let last: string | number | null = null;
    for (const [index, snapshot] of sorted.entries()) {
      if (count !== null && matches.length === count) break;
      if (after !== null && !((times[index] ?? 0) > after)) break;
      const period = periodOf(walls[index] ?? 0, index);
      if (period !== last) matches.push({ snapshot, reason: name });
      else if (index === sorted.length - 1) matches.push({ snapshot, reason: `oldest ${name}` });
      last = period;
    }
    return matches;
  });
  return [...tagged, ...inPeriods];
}

function rulesOf({ last, within, ...counts }: Retention, after: (span: Span) => number): PeriodRule[] {
  return [
    ...(last ? [{ name: 'last', periodOf: each, count: last, after: null }] : []),
    ...PERIODS.flatMap(({ name, periodOf }) => {
      const count = counts[name];
      return count ? [{ name, periodOf, count, after: null }] : [];
    }),
    ...(within.all ? [{ name: 'within', periodOf: each, count: null, after: after(within.all) }] : []),
    ...PERIODS.flatMap(({ name, periodOf }) => {
      const span = within[name];
      return span ? [{ name: `${name} within`, periodOf, count: null, after: after(span) }] : [];
    }),
  ];
}

/** True if the policy can keep something. */
export function hasRules(policy: Retention): boolean {
  return rulesOf(policy, () => 0).length > 0 || policy.keepTags.length > 0;
}

/**
 * @throws ClawbackError `CONFIG` for a policy without a rule.
 */
export function requireRules(policy: Retention): void {
  if (hasRules(policy)) return;
  throw new ClawbackError('CONFIG', 'the retention policy has no rule: it would keep nothing', {
    hint: 'add rules to the config: retention: { last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 3 }',
  });
}
