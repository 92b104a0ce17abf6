import { expect, it } from 'vitest';
import type { Job } from '../../../../src/core/history.ts';
import { Agenda, type AgendaOptions } from '../../../../src/core/schedule/agenda.ts';
import { occurrences } from '../../../../src/core/schedule/occurrences.ts';

const ENTRIES = [
  { job: 'backup', occurrences: occurrences('17 * * * *', 'UTC') },
  { job: 'verify', occurrences: occurrences('0 4 * * 0', 'UTC') },
] as const;

/** 26 November is a Thursday. */
const NOW = '2026-11-26T12:00Z';

function agenda(options: Partial<AgendaOptions> = {}): Agenda {
  const usual = { now: at(NOW), lastStarted: {}, since: at('2026-11-01T00:00Z'), jitter: 0, random: () => 0 };
  return new Agenda(ENTRIES, { ...usual, ...options });
}

function at(time: string): number {
  return Date.parse(time);
}

function planned(made: Agenda): Partial<Record<Job, string>> {
  return Object.fromEntries(
    [...made.starts()].map(([job, start]) => [job, new Date(start).toISOString().slice(0, 16)]),
  );
}

it('what ran when it was due runs when it is due next', () => {
  const lastStarted = { backup: at('2026-11-26T11:17:02Z'), verify: at('2026-11-22T04:01Z') };
  expect(planned(agenda({ lastStarted }))).toEqual({ backup: '2026-11-26T12:17', verify: '2026-11-29T04:00' });
});

it('what came due while the machine was off is due at once, and then when it is due next', () => {
  const made = agenda({ lastStarted: { backup: at('2026-11-20T09:17Z'), verify: at('2026-11-15T04:00Z') } });
  expect(made.first()).toEqual({ job: 'backup', at: at(NOW) });
  made.done('backup', at('2026-11-26T12:01Z'));
  expect(made.first()).toEqual({ job: 'verify', at: at(NOW) });
  made.done('verify', at('2026-11-26T12:30Z'));
  expect(planned(made)).toEqual({ backup: '2026-11-26T12:17', verify: '2026-11-29T04:00' });
});

it('the first backup of all is due at once; other jobs have missed only what came due since the schedule is kept', () => {
  const since = at('2026-11-26T11:00Z');
  expect(planned(agenda({ since }))).toEqual({ backup: '2026-11-26T12:00', verify: '2026-11-29T04:00' });
  expect(planned(agenda())).toEqual({ backup: '2026-11-26T12:00', verify: '2026-11-26T12:00' });
});

it('a last run in the future, written under a clock that was wrong, holds nothing up', () => {
  const lastStarted = { backup: at('2031-01-01T00:00Z'), verify: at('2031-01-01T00:00Z') };
  expect(planned(agenda({ lastStarted }))).toEqual({ backup: '2026-11-26T12:17', verify: '2026-11-29T04:00' });
});

it('what came due while it ran is not run again', () => {
  const made = agenda();
  made.done('backup', at('2026-11-26T15:20Z'));
  expect(planned(made)).toMatchObject({ backup: '2026-11-26T16:17' });
});

it('a start is late by less than the jitter, and never past the middle of the way to the next one', () => {
  const lastStarted = { backup: at('2026-11-26T11:17Z'), verify: at('2026-11-22T04:00Z') };
  const late = (jitter: number) => planned(agenda({ lastStarted, jitter, random: () => 0.999_999 })).backup;
  expect(late(5 * 60_000)).toBe('2026-11-26T12:21');
  expect(late(24 * 3_600_000)).toBe('2026-11-26T12:46');
});

it('nothing is planned for nobody', () => {
  const empty = new Agenda([], { now: 0, lastStarted: {}, since: 0, jitter: 0, random: () => 0 });
  expect(empty.first()).toBeNull();
});
