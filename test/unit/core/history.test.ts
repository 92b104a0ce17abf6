import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { History, type DrillRun } from '../../../src/core/history.ts';
import { snapshotId } from '../../../src/core/snapshot-id.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const drill = (startedAt: string, verdict: DrillRun['verdict'] = 'pass'): DrillRun => ({
  job: 'drill',
  startedAt,
  seconds: 17,
  ok: verdict === 'pass',
  snapshot: snapshotId(startedAt, 'a'.repeat(64)),
  verdict,
});

test('there is nothing before the first run', async () => {
  await using scope = await temporaryDirectory();
  expect(await new History(scope.path, 'prod-1').runs()).toEqual([]);
  expect(await new History(scope.path, 'prod-1').last('drill')).toBeNull();
});

test('remembers runs in the order of time, each instance for itself', async () => {
  await using scope = await temporaryDirectory();
  const history = new History(scope.path, 'prod-1');
  const runs = ['2026-11-02T09:00:00.000Z', '2026-10-31T09:00:00.000Z', '2026-11-01T09:00:00.000Z'].map((at) =>
    drill(at),
  );
  for (const run of runs) await history.append(run);
  await new History(scope.path, 'prod-2').append(drill('2026-11-03T09:00:00.000Z'));
  expect(await history.runs()).toEqual([runs[1], runs[2], runs[0]]);
});

test('finds the newest run that is wanted', async () => {
  await using scope = await temporaryDirectory();
  const history = new History(scope.path, 'prod-1');
  await history.append(drill('2026-11-01T09:00:00.000Z'));
  await history.append(drill('2026-11-02T09:00:00.000Z', 'fail'));
  await history.append({ job: 'prune', startedAt: '2026-11-03T09:00:00.000Z', seconds: 1, ok: true, removed: 2 });
  expect(await history.last('drill')).toMatchObject({ verdict: 'fail' });
  expect(await history.last('drill', ({ verdict }) => verdict === 'pass')).toMatchObject({ verdict: 'pass' });
  expect(await history.last('backup')).toBeNull();
});

test('many at once lose nothing', async () => {
  await using scope = await temporaryDirectory();
  const history = new History(scope.path, 'prod-1');
  const days = Array.from({ length: 28 }, (_, day) =>
    drill(`2026-11-${String(day + 1).padStart(2, '0')}T09:00:00.000Z`),
  );
  await Promise.all(days.map((run) => new History(scope.path, 'prod-1').append(run)));
  expect(await history.runs()).toEqual(days);
});

test('a line that was cut short costs itself alone', async () => {
  await using scope = await temporaryDirectory();
  const history = new History(scope.path, 'prod-1');
  await history.append(drill('2026-11-01T09:00:00.000Z'));
  await appendFile(join(scope.path, 'history/prod-1/2026-11.jsonl'), '{"job":"drill","start');
  await history.append(drill('2026-11-03T09:00:00.000Z'));
  expect((await history.runs()).map(({ startedAt }) => startedAt.slice(0, 10))).toEqual(['2026-11-01', '2026-11-03']);
});

test('what a later release wrote for a job of its own is passed over', async () => {
  await using scope = await temporaryDirectory();
  const history = new History(scope.path, 'prod-1');
  await history.append(drill('2026-11-01T09:00:00.000Z'));
  const later = JSON.stringify({ job: 'mirror', startedAt: '2026-11-02T09:00:00.000Z' });
  await appendFile(join(scope.path, 'history/prod-1/2026-11.jsonl'), `${later}\nnull\n[]\n`);
  expect(await history.runs()).toHaveLength(1);
});

test('forgets months beyond a year, and touches no other file', async () => {
  await using scope = await temporaryDirectory();
  const history = new History(scope.path, 'prod-1');
  await history.append(drill('2024-01-01T09:00:00.000Z'));
  await writeFile(join(scope.path, 'history/prod-1/notes.txt'), 'mine');
  for (let month = 1; month <= 12; month += 1) {
    await history.append(drill(`2025-${String(month).padStart(2, '0')}-01T09:00:00.000Z`));
  }
  expect((await history.runs())[0]?.startedAt).toBe('2024-01-01T09:00:00.000Z');
  await history.append(drill('2026-01-01T09:00:00.000Z'));
  expect((await history.runs())[0]?.startedAt).toBe('2025-01-01T09:00:00.000Z');
  expect(await readdir(join(scope.path, 'history/prod-1'))).toHaveLength(14);
  expect(await readFile(join(scope.path, 'history/prod-1/notes.txt'), 'utf8')).toBe('mine');
});
