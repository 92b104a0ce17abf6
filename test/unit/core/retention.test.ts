import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Retention } from '../../../src/core/config/config.ts';
import { type Candidate, type Decision, type Knowledge, retain } from '../../../src/core/retention.ts';
import { zone } from '../../../src/core/zone.ts';
import { candidate, historyOfTimes, NO_RULE, policy } from '../../support/retention.ts';

const NOW = Date.parse('2026-11-26T00:00:00Z');
const CLOCK = { zone: zone('UTC'), now: NOW };
const ALL_GOOD: Knowledge = { isGood: () => true, isDrilled: () => false, isAwaited: () => false };

function decide(
  snapshots: readonly Candidate[],
  rules: Partial<Retention>,
  knowledge: Partial<Knowledge> = {},
): Decision<Candidate> {
  return retain(snapshots, { ...NO_RULE, ...rules }, { clock: CLOCK, knowledge: { ...ALL_GOOD, ...knowledge } });
}

function at(...times: readonly string[]): Candidate[] {
  return times.map((time) => candidate(Date.parse(time)));
}

function keptTimes({ keep }: Decision<Candidate>): string[] {
  return keep.map(({ snapshot }) => snapshot.createdAt.slice(0, 16));
}

/** Histories with differentials and tags among them, in any order. */
const snapshots = fc
  .tuple(historyOfTimes, fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 41, maxLength: 41 }))
  .chain(([times, kinds]) => {
    let base: string | null = null;
    const made = times.map((time, index): Candidate => {
      const digest16 = String(index).padStart(16, '0');
      const kind = kinds[index] ?? 0;
      const isFull = base === null || kind < 3;
      const snapshot = candidate(time, { digest16, base: isFull ? null : base, tags: kind === 9 ? ['keep-me'] : [] });
      if (isFull) base = digest16;
      return snapshot;
    });
    return fc.shuffledSubarray(made, { minLength: made.length });
  });

const bad = fc.func(fc.boolean()).map((isBad) => (id: string) => isBad(id));

function ids(decision: Decision<Candidate>): string[] {
  return decision.keep.map(({ snapshot }) => snapshot.id);
}

describe('retain', () => {
  it('never empties, and says why each stays', () => {
    fc.assert(
      fc.property(snapshots, policy, bad, (given, rules, isGood) => {
        const { keep, remove } = decide(given, rules, { isGood });
        expect(keep.length).toBeGreaterThanOrEqual(Math.min(rules.minKeep, given.length));
        expect(keep.length + remove.length).toBe(given.length);
        expect(keep.every(({ reasons }) => reasons.length > 0)).toBe(true);
      }),
    );
  });

  it('ignores the order in which they are listed', () => {
    fc.assert(
      fc.property(snapshots, policy, bad, (given, rules, isGood) => {
        const sorted = given.toSorted((a, b) => (a.id < b.id ? -1 : 1));
        expect(decide(given, rules, { isGood })).toEqual(decide(sorted, rules, { isGood }));
      }),
    );
  });

  it('removes nothing more when asked again', () => {
    fc.assert(
      fc.property(snapshots, policy, bad, bad, (given, rules, isGood, isDrilled) => {
        const { keep } = decide(given, rules, { isGood, isDrilled });
        const again = decide(
          keep.map(({ snapshot }) => snapshot),
          rules,
          { isGood, isDrilled },
        );
        expect(again.remove).toEqual([]);
      }),
    );
  });

  it('keeps no less when a rule allows more', () => {
    const more = fc.constantFrom('last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'minKeep');
    fc.assert(
      fc.property(snapshots, policy, more, (given, rules, rule) => {
        const generous = { ...rules, [rule]: (rules[rule] ?? 0) + 1 };
        expect(ids(decide(given, generous))).toEqual(expect.arrayContaining(ids(decide(given, rules))));
      }),
    );
  });

  it('keeps every full snapshot that a kept differential needs', () => {
    fc.assert(
      fc.property(snapshots, policy, (given, rules) => {
        const kept = decide(given, rules).keep.map(({ snapshot }) => snapshot);
        const fulls = new Set(kept.filter(({ base }) => base === null).map(({ digest16 }) => digest16));
        expect(kept.filter(({ base }) => base !== null && !fulls.has(base))).toEqual([]);
      }),
    );
  });

  it('keeps the newest good one and the newest that passed a drill, however old', () => {
    const three = at('2026-11-20T10:00:00Z', '2026-11-21T10:00:00Z', '2026-11-22T10:00:00Z', '2026-11-23T10:00:00Z');
    const [drilled, good] = three;
    const { keep, remove } = decide(
      three,
      { last: 1 },
      { isGood: (id) => id <= (good?.id ?? ''), isDrilled: (id) => id === drilled?.id },
    );
    expect(keep.map(({ reasons }) => reasons)).toEqual([
      ['last', 'among the newest 1'],
      ['newest good'],
      ['newest that passed a drill'],
    ]);
    expect(remove).toEqual([three[2]]);
  });

  it('keeps the full snapshot of a differential that is still to be delivered', () => {
    const waitedFor = candidate(Date.parse('2026-11-20T10:00:00Z'), { digest16: 'aaaaaaaaaaaaaaaa' });
    const { keep } = decide(
      [waitedFor, ...at('2026-11-21T10:00:00Z')],
      { last: 1 },
      { isAwaited: (digest16) => digest16 === 'aaaaaaaaaaaaaaaa' },
    );
    expect(keep.at(-1)).toEqual({ snapshot: waitedFor, reasons: ['base of one that is still to be delivered'] });
  });

  it('takes a differential whose full is gone for no good one', () => {
    const lost = candidate(Date.parse('2026-11-23T10:00:00Z'), { base: 'ffffffffffffffff' });
    const [whole] = at('2026-11-20T10:00:00Z');
    const { keep } = decide([...(whole ? [whole] : []), lost], { last: 1 });
    expect(keep.map(({ snapshot, reasons }) => [snapshot.id, reasons.at(-1)])).toEqual([
      [lost.id, 'among the newest 1'],
      [whole?.id, 'newest good'],
    ]);
  });

  it('keeps what has a tag of the policy, and nothing for other tags', () => {
    const tagged = candidate(Date.parse('2020-01-01T00:00:00Z'), { tags: ['before-upgrade'] });
    const other = candidate(Date.parse('2021-01-01T00:00:00Z'), { tags: ['whatever'] });
    const { keep, remove } = decide([tagged, other, ...at('2026-11-20T10:00:00Z')], {
      last: 1,
      keepTags: ['before-upgrade'],
    });
    expect(keep.at(-1)).toEqual({ snapshot: tagged, reasons: ['tag before-upgrade'] });
    expect(remove).toEqual([other]);
  });

  it('counts hours, days and weeks by the calendar of the time zone', () => {
    // 23:30 and 00:30 in Shanghai.
    const two = at('2026-11-22T15:30:00Z', '2026-11-22T16:30:00Z', '2026-11-22T17:00:00Z');
    const inShanghai = retain(
      two,
      { ...NO_RULE, daily: 2 },
      { clock: { ...CLOCK, zone: zone('Asia/Shanghai') }, knowledge: ALL_GOOD },
    );
    expect(keptTimes(inShanghai)).toEqual(['2026-11-22T17:00', '2026-11-22T15:30']);
  });

  it('does not let one snapshot from the future make all others look old', () => {
    const { keep } = decide(at('2031-01-01T00:00:00Z', '2026-11-25T00:00:00Z', '2026-11-01T00:00:00Z'), {
      within: { ...NO_RULE.within, all: { years: 0, months: 0, days: 7, hours: 0 } },
    });
    expect(keep.map(({ snapshot }) => snapshot.createdAt.slice(0, 10))).toEqual(['2031-01-01', '2026-11-25']);
  });

  it('keeps all if every one is from the future', () => {
    const { remove } = decide(at('2031-01-01T00:00:00Z', '2030-01-01T00:00:00Z'), {
      within: { ...NO_RULE.within, all: { years: 0, months: 0, days: 7, hours: 0 } },
    });
    expect(remove).toEqual([]);
  });

  it('refuses a policy without a rule, and one of zeros', () => {
    expect(() => decide(at('2026-11-22T15:30:00Z'), {})).toThrow(/no rule/);
    expect(() => decide(at('2026-11-22T15:30:00Z'), { last: 0, daily: 0 })).toThrow(/no rule/);
    expect(() => decide([], {})).toThrow(/no rule/);
  });

  it('refuses a policy whose rules keep none', () => {
    expect(() => decide(at('2026-11-22T15:30:00Z'), { keepTags: ['never'] })).toThrow(/keeps none of the 1 snapshots/);
  });

  it('has nothing to say of no snapshots', () => {
    expect(decide([], { last: 3 })).toEqual({ keep: [], remove: [] });
  });
});
