import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Retention } from '../../src/core/config/config.ts';
import { applyRules } from '../../src/core/retention/rules.ts';
import { type Span, zone } from '../../src/core/zone.ts';
import { ResticRepository, resticKeepsTheOldest } from './restic.ts';
import { candidate, historyOfTimes, policy } from './retention.ts';
import { temporaryDirectory } from './temporary.ts';

/** One without summer time, an odd one with it, and two in which a day begins elsewhere. */
const ZONES = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'Asia/Kolkata'];

/**
 * Asks restic and ourselves what to keep of random histories under random policies, and expects the same answer to each.
 *
 * @returns how many answers were compared
 */
export async function compareWithRestic(size: {
  readonly histories: number;
  readonly policies: number;
}): Promise<number> {
  const seed = randomInt(2 ** 31);
  const keepsOldest = await resticKeepsTheOldest();
  const histories = fc.sample(historyOfTimes, { seed, numRuns: size.histories });
  const policies = fc.sample(policy, { seed, numRuns: size.policies });
  await using scratch = await temporaryDirectory();
  const empty = await ResticRepository.init(join(scratch.path, 'empty'));
  let compared = 0;
  for (const [at, name] of ZONES.entries()) {
    const mine = histories.filter((_, index) => index % ZONES.length === at);
    const repository = await empty.copy(join(scratch.path, `zone-${at}`));
    for (const [index, times] of mine.entries()) {
      await repository.add(
        `group-${index}`,
        times.map((time) => withOffset(time, name)),
      );
    }
    for (const retention of policies.filter(
      (_, index) => size.policies < ZONES.length || index % ZONES.length === at,
    )) {
      const answers = await repository.forget(flagsOf(retention), name);
      expect(answers.size).toBe(mine.length);
      for (const [index, times] of mine.entries()) {
        const ours = keptBy(retention, times, { name, keepsOldest });
        const theirs = [...(answers.get(`group-${index}`)?.keys() ?? [])].sort();
        expect(ours, JSON.stringify({ seed, name, index, retention })).toEqual(theirs);
        compared += 1;
      }
    }
  }
  return compared;
}

/** Times of what our rules keep; without what only restic 0.16 and later keeps, where an older one is asked. */
function keptBy(
  retention: Retention,
  times: readonly number[],
  { name, keepsOldest }: { readonly name: string; readonly keepsOldest: boolean },
): string[] {
  const sorted = times.map((time) => candidate(time)).reverse();
  const matches = applyRules(sorted, retention, { zone: zone(name), now: Number.MAX_SAFE_INTEGER });
  const counted = matches.filter(({ reason }) => keepsOldest || !reason.startsWith('oldest '));
  return [...new Set(counted.map(({ snapshot }) => new Date(snapshot.createdAt).toISOString()))].sort();
}

/** As restic writes a time: what the clock on the wall shows, and how far it is from UTC. */
function withOffset(time: number, name: string): string {
  const wall = zone(name).wallClock(time);
  const minutes = (wall - time) / 60_000;
  const digits = (value: number) => String(value).padStart(2, '0');
  const offset = `${digits(Math.floor(Math.abs(minutes) / 60))}:${digits(Math.abs(minutes) % 60)}`;
  return `${new Date(wall).toISOString().slice(0, 19)}${minutes < 0 ? '-' : '+'}${offset}`;
}

function flagsOf({ within, last, hourly, daily, weekly, monthly, yearly }: Retention): string[] {
  const counts = { last, hourly, daily, weekly, monthly, yearly };
  return [
    ...Object.entries(counts).flatMap(([name, count]) => (count === null ? [] : [`--keep-${name}=${count}`])),
    ...Object.entries(within).flatMap(([name, span]) =>
      span === null ? [] : [`--keep-within${name === 'all' ? '' : `-${name}`}=${goSpan(span)}`],
    ),
  ];
}

function goSpan({ years, months, days, hours }: Span): string {
  return `${years}y${months}m${days}d${hours}h`;
}
