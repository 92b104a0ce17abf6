import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Context } from '../../../src/commands/context.ts';
import { Keeper } from '../../../src/commands/keeper.ts';
import { readHeartbeat } from '../../../src/core/schedule/heartbeat.ts';
import type { Notification } from '../../../src/ports/notifier.ts';
import { runCli } from '../../support/cli.ts';
import { countingContext } from '../../support/counting-context.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let clock: FakeClock;
let context: Context;
let told: Notification[];
let complaints: string[];

beforeEach(async () => {
  place = await temporaryDirectory();
  const home = place.path;
  await tree(home, { '.openclaw/openclaw.json': '{}', nas: null });
  const env = { HOME: home, PATH: process.env['PATH'] ?? '' };
  const { code } = await runCli(['init', '--destination', 'nas=./nas', '--instance', 'prod-1', '--yes'], {
    env,
    cwd: home,
  });
  expect(code).toBe(0);
  const file = join(home, '.config', 'clawback', 'config.json5');
  const config = await readFile(file, 'utf8');
  await writeFile(file, config.replace('{\n', "{\n  schedule: { jitter: '0s' },\n"));
  clock = new FakeClock('2026-11-26T12:00:00Z');
  told = [];
  complaints = [];
  context = {
    ...(await countingContext(home)).context,
    now: () => clock.now(),
    clock,
    notifier: {
      notify: (notification) => {
        told.push(notification);
        return Promise.resolve([]);
      },
    },
    complain: (error) => complaints.push(error instanceof Error ? error.message : String(error)),
  };
});

afterEach(() => place[Symbol.asyncDispose]());

/** Keeps the schedule for so many hours, or until something is so. */
async function keep(hours: number, until: () => boolean = () => false): Promise<Keeper> {
  const keeper = new Keeper(context, { jobs: ['backup'], finish: 0, atOnce: true });
  const stop = new AbortController();
  const keeping = keeper.keep(stop.signal);
  for (let minute = 0; minute < hours * 60 && !until(); minute++) {
    await clock.pass(60_000);
    // Files are really read and written, and take real time, which stands still here.
    do await sleep(3);
    while (isAtWork());
  }
  stop.abort();
  await keeping;
  return keeper;
}

function isAtWork(): boolean {
  const starts = told.filter(({ event }) => event === 'start').length;
  const ends = told.filter(({ event }) => event === 'success' || event === 'failure').length;
  return starts > ends;
}

function overdue(): readonly Notification[] {
  return told.filter(({ event }) => event === 'overdue');
}

it('that a backup is overdue is told once, over restarts too, and again only after a good one', async () => {
  const state = join(place.path, '.openclaw');
  await rm(state, { recursive: true });
  await keep(5);
  expect(complaints.length).toBeGreaterThan(2);
  expect(overdue()).toMatchObject([{ ok: false, job: 'backup', instance: 'prod-1', hostname: context.host.hostname }]);
  await keep(3);
  expect(overdue()).toHaveLength(1);

  await mkdir(state);
  await writeFile(join(state, 'openclaw.json'), '{}');
  await keep(3, () => told.some(({ event }) => event === 'success'));
  expect(told.at(-1)).toMatchObject({ event: 'success' });
  await rm(state, { recursive: true });
  await keep(5);
  expect(overdue()).toHaveLength(2);
});

it('the heartbeat says what is next, and that it has stopped', async () => {
  const keeper = await keep(2, () => told.some(({ event }) => event === 'success'));
  expect(keeper.runs()).toEqual({ backup: { ok: 1, failed: 0 } });
  expect(await readHeartbeat(context.paths.stateDir, 'prod-1')).toMatchObject({
    pid: process.pid,
    since: '2026-11-26T12:00:00.000Z',
    running: null,
    stoppedAt: expect.stringMatching(/^2026-11-26T1/) as string,
    toldOverdue: null,
  });
});

it('an expression that never comes due is refused before anything is kept', async () => {
  const { config } = context;
  if (config === null) throw new Error('no config');
  const never = { ...config, schedule: { ...config.schedule, backup: '0 0 30 2 *' } };
  const keeper = new Keeper({ ...context, config: never }, { jobs: ['backup'], finish: 0, atOnce: true });
  expect(() => {
    keeper.check();
  }).toThrow(
    expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining('never comes due') as string }),
  );
  await expect(keeper.keep(new AbortController().signal)).rejects.toMatchObject({ code: 'CONFIG' });
});
