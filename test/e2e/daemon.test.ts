import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { History } from '../../src/core/history.ts';
import { readHeartbeat } from '../../src/core/schedule/heartbeat.ts';
import { LAUNCHER } from '../support/cli.ts';
import { protect, type Protected, snapshotNames } from '../support/protected.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { state2026_9 } from '../unit/core/openclaw/states.ts';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let installation: Protected;
let configFile: string;

beforeAll(async () => {
  place = await temporaryDirectory();
  await state2026_9(join(place.path, '.openclaw'));
  installation = await protect(place.path, inject('openclaw'));
  configFile = join(place.path, '.config', 'clawback', 'config.json5');
  await schedule("{ backup: '* * * * * *', verify: null, prune: null, drill: null, jitter: '0s' }");
});

afterAll(() => place[Symbol.asyncDispose]());

/** Writes this schedule into the config, in the place of the one that is there. */
async function schedule(text: string): Promise<void> {
  const config = (await readFile(configFile, 'utf8')).replace(/ {2}schedule: .*\n/, '');
  await writeFile(configFile, config.replace('{\n', `{\n  schedule: ${text},\n`));
}

interface Daemon {
  readonly child: ChildProcess;
  /** Resolves when it has said this so many times. */
  said(words: string, times?: number): Promise<void>;
  log(): string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

function startDaemon(): Daemon {
  const { env, home } = installation;
  const child = spawn(process.execPath, [LAUNCHER, 'schedule', 'run'], { env, cwd: home });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  const said = (words: string, times = 1): Promise<void> =>
    expect.poll(() => log.split(words).length - 1, { timeout: 30_000, interval: 20 }).toBeGreaterThanOrEqual(times);
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? null);
  return { child, said, log: () => log, ended };
}

function snapshots(): Promise<string[]> {
  return snapshotNames(join(installation.nas, 'prod-1'));
}

test('a daemon that is killed twenty times loses no snapshot, leaves no lock, and catches up', async () => {
  const undisturbed = startDaemon();
  await undisturbed.said('keeping the schedule');
  const began = performance.now();
  await undisturbed.said('is stored in nas');
  const worked = performance.now() - began;
  undisturbed.child.kill('SIGKILL');
  await undisturbed.ended;

  const seen = new Set<string>(await snapshots());
  for (let kill = 0; kill < 20; kill++) {
    const daemon = startDaemon();
    await daemon.said('keeping the schedule');
    // Over the length of a run and a little more.
    await sleep((worked * 1.3 * kill) / 19);
    daemon.child.kill('SIGKILL');
    expect(await daemon.ended).toBe('SIGKILL');
    const now = await snapshots();
    expect(now).toEqual(expect.arrayContaining([...seen]));
    for (const name of now) seen.add(name);
  }
  const before = seen.size;
  expect(before).toBeGreaterThan(1);

  const last = startDaemon();
  // Nothing holds it up, and what it missed it does first; it also delivers what the killed ones had sealed.
  await last.said('is stored in nas', 2);
  const beat = await readHeartbeat(installation.workDir, 'prod-1');
  expect(beat).toMatchObject({ pid: last.child.pid, stoppedAt: null, next: { backup: expect.any(String) as string } });
  last.child.kill('SIGTERM');
  expect(await last.ended).toBe(0);
  expect(last.log()).not.toMatch(/error|another run/);
  expect(last.log()).toMatch(/backup +\d+ done, 0 failed/);

  const all = await snapshots();
  expect(all).toEqual(expect.arrayContaining([...seen]));
  expect(all.length).toBeGreaterThanOrEqual(before + 2);
  expect(await readdir(join(installation.workDir, 'spool', 'prod-1'))).toEqual([]);
  expect(await readdir(join(installation.workDir, 'staging'))).toEqual([]);
  expect((await readHeartbeat(installation.workDir, 'prod-1'))?.stoppedAt).not.toBeNull();
  const { results } = (await installation.json('verify', '--all')) as { results: { id: string; ok: boolean }[] };
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(all.length);
  // Every run that ended is in the history; those that were killed are not, and were made up for.
  const runs = await new History(installation.workDir, 'prod-1').runs();
  expect(runs.filter(({ job, ok }) => job === 'backup' && ok).length).toBeLessThanOrEqual(all.length);
});

test('one daemon, which reads its config again when told, keeps the old one if the new one is wrong, and stops gracefully', async () => {
  await schedule("{ backup: '0 0 1 1 *', verify: null, prune: null, drill: null, jitter: '0s' }");
  const daemon = startDaemon();
  await daemon.said('keeping the schedule');
  const second = startDaemon();
  expect(await second.ended).toBe(5);
  expect(second.log()).toContain('a daemon keeps the schedule of prod-1 already');

  await schedule("{ backup: 'every now and then' }");
  daemon.child.kill('SIGHUP');
  await daemon.said('error: the config stays as it was: ');
  expect(daemon.log()).toContain('not a cron expression');

  await schedule("{ backup: '* * * * * *', verify: '* * * * * *', prune: null, drill: null, jitter: '0s' }");
  daemon.child.kill('SIGHUP');
  await daemon.said('the config was read again');
  await daemon.said('is stored in nas');
  await daemon.said('is whole');
  daemon.child.kill('SIGINT');
  expect(await daemon.ended).toBe(0);
  expect(await readdir(join(installation.workDir, 'staging'))).toEqual([]);
});

test('a run that comes due while a person is at work waits, or is left out if the config says so', async () => {
  for (const [busy, words] of [
    ['wait', 'backup: waits, since another run works on prod-1'],
    ['skip', 'backup: left out, since another run works on prod-1'],
  ] as const) {
    await schedule(`{ backup: '* * * * * *', verify: null, prune: null, drill: null, jitter: '0s', busy: '${busy}' }`);
    const { hostLock } = await import('../../src/adapters/lock.ts');
    const held = await hostLock(join(installation.workDir, 'locks'), () => 'now').acquire('prod-1');
    const daemon = startDaemon();
    await daemon.said(words);
    expect(daemon.log()).not.toContain('is stored');
    await held[Symbol.asyncDispose]();
    await daemon.said('is stored in nas');
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
  }
});
