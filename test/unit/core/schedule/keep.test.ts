import { expect, it } from 'vitest';
import type { Job } from '../../../../src/core/history.ts';
import { Agenda } from '../../../../src/core/schedule/agenda.ts';
import { keepSchedule } from '../../../../src/core/schedule/keep.ts';
import { occurrences } from '../../../../src/core/schedule/occurrences.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const MINUTE = 60_000;

/** A schedule that is kept; what ran and how often it beat. */
function keeping({ takes = 0 } = {}) {
  const clock = new FakeClock('2026-11-26T12:00:00Z');
  const stop = new AbortController();
  const state = { expression: '*/10 * * * *', change: new AbortController(), beats: [] as (Job | null)[] };
  const ran: string[] = [];
  let atWork = 0;
  const plan = () => {
    const entries = (['backup', 'verify'] as const).map((job) => ({
      job,
      occurrences: occurrences(job === 'backup' ? state.expression : '*/15 * * * *', 'UTC'),
    }));
    const now = clock.now().getTime();
    const lastStarted = { backup: now, verify: now };
    return Promise.resolve(new Agenda(entries, { now, lastStarted, since: now, jitter: 0, random: () => 0 }));
  };
  const run = async (job: Job) => {
    expect(++atWork).toBe(1);
    ran.push(`${job} ${clock.now().toISOString().slice(11, 16)}`);
    if (takes > 0) await clock.sleep(takes, new AbortController().signal);
    atWork--;
  };
  const beat = (_: Agenda, running: Job | null) => {
    state.beats.push(running);
    return Promise.resolve();
  };
  const over = keepSchedule({ clock, plan, run, beat, changed: () => state.change.signal }, stop.signal);
  return { clock, stop, state, ran, over };
}

it('runs what comes due, and never two at once', async () => {
  const { clock, stop, ran, over } = keeping({ takes: 6 * MINUTE });
  await clock.pass(31 * MINUTE);
  expect(ran).toEqual(['backup 12:10', 'verify 12:16', 'backup 12:22', 'backup 12:30']);
  stop.abort();
  await clock.pass(6 * MINUTE);
  await over;
});

it('beats at least twice a minute, at work too', async () => {
  const { clock, stop, state, over } = keeping({ takes: 6 * MINUTE });
  await clock.pass(5 * MINUTE);
  expect(state.beats.length).toBeGreaterThanOrEqual(10);
  state.beats.length = 0;
  await clock.pass(8 * MINUTE);
  expect(state.beats.filter((running) => running === 'backup').length).toBeGreaterThanOrEqual(5);
  stop.abort();
  await clock.pass(6 * MINUTE);
  await over;
});

it('ends at once while it waits, and after the run while one is at work', async () => {
  const idle = keeping();
  await idle.clock.pass(MINUTE);
  idle.stop.abort();
  await idle.over;

  const busy = keeping({ takes: 6 * MINUTE });
  await busy.clock.pass(11 * MINUTE);
  busy.stop.abort();
  let isOver = false;
  void busy.over.then(() => (isOver = true));
  await busy.clock.pass(4 * MINUTE);
  expect(isOver).toBe(false);
  await busy.clock.pass(2 * MINUTE);
  await busy.over;
  expect(busy.ran).toEqual(['backup 12:10']);
});

it('makes its agenda anew when it is told that something changed', async () => {
  const { clock, stop, state, ran, over } = keeping();
  await clock.pass(MINUTE);
  state.expression = '*/3 * * * *';
  const before = state.change;
  state.change = new AbortController();
  before.abort();
  await clock.pass(6 * MINUTE);
  expect(ran).toEqual(['backup 12:03', 'backup 12:06']);
  stop.abort();
  await over;
});

it('a clock that is set back does not stop it', async () => {
  const { clock, stop, ran, over } = keeping();
  await clock.pass(MINUTE);
  clock.set('2025-01-01T00:00:00Z');
  await clock.pass(11 * MINUTE);
  expect(ran).toEqual(['backup 00:10']);
  stop.abort();
  await over;
});
