import { chown, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RestoreResult } from '../../../src/commands/restore.ts';
import { runCli } from '../../support/cli.ts';
import { protect, type Protected } from '../../support/protected.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { state2026_9 } from '../core/openclaw/states.ts';

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let one: Protected;

beforeAll(async () => {
  scope = await temporaryDirectory();
  await state2026_9(join(scope.path, '.openclaw'));
  one = await protect(scope.path, '/bin/false');
  await one.must('backup');
});

afterAll(() => scope[Symbol.asyncDispose]());

describe('restore', () => {
  test('without saying where is refused, and says how', async () => {
    const { code, stderr } = await runCli(['restore'], { env: one.env, cwd: one.home });
    expect(code).toBe(2);
    expect(stderr).toContain('--target DIR, or --in-place');
  });

  test.each([
    ['--only with --in-place', ['--only', 'state', '--in-place']],
    ['--target with --in-place', ['--target', 'x', '--in-place']],
  ])('refuses %s', async (_, flags) => {
    expect((await runCli(['restore', ...flags], { env: one.env, cwd: one.home })).code).toBe(2);
  });

  test('to another path needs nothing but a location and an identity, and loses no cron job', async () => {
    await using fresh = await temporaryDirectory();
    const kit = join(one.home, '.config/clawback/identity.txt');
    const argv = ['restore', '--from', one.nas, '--identity', kit, '--target', './restored', '--no-drill', '--json'];
    const { code, stdout, stderr } = await runCli(argv, { env: { HOME: fresh.path }, cwd: fresh.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout) as RestoreResult;
    expect(result).toMatchObject({
      target: join(fresh.path, 'restored'),
      activated: false,
      cronJobs: { before: 2, after: 2 },
    });
    expect(result.todo.map(({ command }) => command)).toContain('openclaw gateway start');
    expect(await readFile(join(fresh.path, 'restored/openclaw.json'), 'utf8')).toContain(
      `${fresh.path}/restored/workspace`,
    );
  });

  test.each(['kit.txt', 'kit.html'])('with %s needs nothing else, and nothing of the config', async (name) => {
    await using fresh = await temporaryDirectory();
    const kit = join(fresh.path, name);
    await one.must('key', 'kit', '--output', kit);
    const argv = ['restore', '--kit', name, '--target', './restored', '--no-drill', '--json'];
    const options = { env: { HOME: fresh.path }, cwd: fresh.path };
    const { code, stdout, stderr } = await runCli(argv, options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      snapshot: { instance: 'prod-1' },
      target: join(fresh.path, 'restored'),
    });
    // Of a host with a config of its own, nothing is used: neither its destinations nor whom it trusts.
    const strange = (await readFile(kit, 'utf8')).replace(/ed25519:[\w-]+/g, `ed25519:${'A'.repeat(43)}`);
    await writeFile(kit, strange);
    const refused = await runCli(['restore', '--kit', kit, '--target', join(fresh.path, 'no')], { env: one.env });
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('not a signer') as string });
  });

  test('--kit does not go with --from', async () => {
    const argv = ['restore', '--kit', 'kit.txt', '--from', one.nas, '--target', 'x'];
    expect((await runCli(argv, { env: one.env, cwd: one.home })).code).toBe(2);
  });

  test("into another user's home says whose the files are, and how to give them away", async () => {
    if (process.getuid?.() !== 0) throw new Error('owners can be kept, and lost, by root alone: run this test as root');
    await using fresh = await temporaryDirectory();
    await chown(fresh.path, 4242, 4242);
    const { todo } = (await one.json(
      'restore',
      '--target',
      join(fresh.path, 'restored'),
      '--no-drill',
    )) as RestoreResult;
    const command = `chown -R --reference=${fresh.path} ${fresh.path}/restored`;
    expect(todo.map((step) => step.command)).toContain(command);
    const mine = await temporaryDirectory();
    await using _mine = mine;
    const home = (await one.json('restore', '--target', join(mine.path, 'x'), '--no-drill')) as RestoreResult;
    expect(home.todo.map((step) => step.command)).not.toContainEqual(expect.stringContaining('chown'));
  });

  test('in place moves aside what is there, and names it and how to remove it', async () => {
    const result = (await one.json('restore', '--in-place', '--no-drill')) as RestoreResult;
    expect(result).toMatchObject({ target: join(one.home, '.openclaw'), activated: true });
    expect(result.previous).toMatch(/\.openclaw\.before-\d{8}T\d{6}Z$/);
    expect(result.todo.at(-1)).toMatchObject({ command: expect.stringContaining(result.previous ?? '?') as string });
    expect(await readdir(result.previous ?? '')).toContain('openclaw.json');
  });

  test('of some paths reads and writes those alone', async () => {
    const target = join(one.home, 'some');
    const result = (await one.json('restore', '--only', 'state/extensions', '--target', target)) as RestoreResult;
    expect(result).toMatchObject({ target, activated: false, files: 1, todo: [] });
    expect(await readdir(join(target, 'state'))).toEqual(['extensions']);
  });
});
