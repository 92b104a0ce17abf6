import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackupResult } from '../../../src/commands/backup.ts';
import { History } from '../../../src/core/history.ts';
import { runCli } from '../../support/cli.ts';
import { protect, type Protected } from '../../support/protected.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { state2026_9 } from '../core/openclaw/states.ts';

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let one: Protected;
let history: History;

const clawback = async (...argv: readonly string[]): Promise<number> =>
  (await runCli(argv, { env: one.env, cwd: one.home })).code;

beforeEach(async () => {
  scope = await temporaryDirectory();
  await state2026_9(join(scope.path, '.openclaw'));
  one = await protect(scope.path, '/bin/false');
  history = new History(one.workDir, 'prod-1');
});

afterEach(() => scope[Symbol.asyncDispose]());

test('a backup is remembered with what it counted and where it went', async () => {
  const { snapshot } = (await one.json('backup')) as BackupResult;
  expect(await history.runs()).toEqual([
    {
      job: 'backup',
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      seconds: expect.any(Number) as number,
      ok: true,
      snapshot: snapshot.id,
      bytes: snapshot.bytes,
      counts: expect.objectContaining({ devices: expect.any(Number) as number }) as object,
      damaged: false,
      destinations: [{ name: 'nas', ok: true }],
    },
  ]);
});

test('a backup that no destination took is remembered as not ok, with the snapshot that waits', async () => {
  await rm(one.nas, { recursive: true });
  await writeFile(one.nas, 'in the way');
  expect(await clawback('backup')).toBe(1);
  expect(await history.last('backup')).toMatchObject({ ok: false, destinations: [{ name: 'nas', ok: false }] });
  expect((await history.last('backup'))?.snapshot).toBeDefined();
});

test('a backup that fails is remembered with its error', async () => {
  await rm(join(one.home, '.openclaw'), { recursive: true });
  expect(await clawback('backup')).not.toBe(0);
  expect(await history.last('backup')).toMatchObject({ ok: false, error: { code: 'STATE' } });
});

test('a verify is remembered with how many copies are bad, unless it looked elsewhere', async () => {
  await one.must('backup');
  await one.must('verify', '--all');
  expect(await history.last('verify')).toMatchObject({ ok: true, copies: 1, bad: 0 });
  const [name = ''] = await readdir(join(one.nas, 'prod-1'));
  await truncate(join(one.nas, 'prod-1', name), 1000);
  expect(await clawback('verify', '--all')).toBe(4);
  expect(await history.last('verify')).toMatchObject({ ok: false, copies: 1, bad: 1 });
  expect(await clawback('verify', '--all', '--from', one.nas)).toBe(4);
  expect((await history.runs()).filter(({ job }) => job === 'verify')).toHaveLength(2);
});

test('a history that cannot be written is a warning, and the backup is done all the same', async () => {
  await mkdir(one.workDir, { recursive: true });
  await writeFile(join(one.workDir, 'history'), 'in the way');
  const { code, stderr } = await runCli(['backup'], { env: one.env, cwd: one.home });
  expect(code).toBe(0);
  expect(stderr).toContain('could not be written to the history');
});
