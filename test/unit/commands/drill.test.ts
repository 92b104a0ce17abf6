import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LastDrillResult } from '../../../src/commands/last-drill.ts';
import { History } from '../../../src/core/history.ts';
import { runCli } from '../../support/cli.ts';
import { protect, type Protected } from '../../support/protected.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { state2026_9 } from '../core/openclaw/states.ts';

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let one: Protected;

beforeEach(async () => {
  scope = await temporaryDirectory();
  await state2026_9(join(scope.path, '.openclaw'));
  // There is no OpenClaw to boot, and the state has no token: every drill here fails, and is remembered as such.
  one = await protect(scope.path, '/bin/false');
  await one.must('backup');
});

afterEach(() => scope[Symbol.asyncDispose]());

function cli(...argv: readonly string[]) {
  return runCli(argv, { env: one.env, cwd: one.home });
}

/** `drill --last` on a host that has only what is given. */
async function elsewhere(...flags: readonly string[]) {
  await using fresh = await temporaryDirectory();
  return await runCli(['drill', '--last', ...flags], { env: { HOME: fresh.path }, cwd: fresh.path });
}

function shownBy(stdout: string): LastDrillResult {
  return JSON.parse(stdout) as LastDrillResult;
}

describe('a drill is remembered', () => {
  test('in the history, as a whole on this host, and sealed and signed beside the snapshots', async () => {
    const made = await cli('drill', '--json');
    expect(made).toMatchObject({ code: 4, stderr: '' });
    const { snapshot, at } = shownBy(made.stdout);
    const history = new History(one.workDir, 'prod-1');
    expect(await history.last('drill')).toMatchObject({ ok: false, verdict: 'fail', snapshot: snapshot.id });
    expect(await readdir(join(one.nas, 'prod-1', 'drills'))).toHaveLength(1);

    const here = await cli('drill', '--last', '--json');
    expect(here.code).toBe(4);
    expect(shownBy(here.stdout)).toMatchObject({ at, verdict: 'fail', recorded: { destination: null } });

    await one.must('key', 'kit', '--output', 'kit.html');
    const kit = join(one.home, 'kit.html');
    const there = await elsewhere('--kit', kit, '--json');
    expect(there).toMatchObject({ code: 4, stderr: '' });
    const [signer] = /ed25519:[\w-]{43}/.exec(await readFile(kit, 'utf8')) ?? [];
    expect(shownBy(there.stdout)).toMatchObject({ at, snapshot, recorded: { destination: 'nas', signer } });
  });

  test('also after a restore on a host that has only a kit, unsigned, which is said', async () => {
    await using fresh = await temporaryDirectory();
    await one.must('key', 'kit', '--output', join(fresh.path, 'kit.txt'));
    const restored = ['restore', '--kit', 'kit.txt', '--target', './restored', '--json'];
    const options = { env: { HOME: fresh.path, PATH: one.env['PATH'] ?? '' }, cwd: fresh.path };
    expect(await runCli(restored, options)).toMatchObject({ code: 4, stderr: '' });
    // Sealed to everyone on the kit: the host that was backed up reads it too.
    const there = await cli('drill', '--last', '--json');
    expect(there).toMatchObject({ code: 4, stderr: expect.stringContaining('could have made it') as string });
    expect(shownBy(there.stdout)).toMatchObject({
      verdict: 'fail',
      recorded: { destination: 'nas', signer: null },
    });
  });

  test('by a machine that has only the kit, and read there again', async () => {
    await using fresh = await temporaryDirectory();
    await one.must('key', 'kit', '--output', join(fresh.path, 'kit.html'));
    const options = { env: { HOME: fresh.path, PATH: one.env['PATH'] ?? '' }, cwd: fresh.path };
    const made = await runCli(['drill', '--kit', 'kit.html', '--json'], options);
    expect(made).toMatchObject({ code: 4, stderr: '' });
    const last = await runCli(['drill', '--last', '--kit', 'kit.html', '--json'], options);
    expect(shownBy(last.stdout)).toMatchObject({ at: shownBy(made.stdout).at, recorded: { destination: 'nas' } });
  });

  test('on this host alone if the destination does not take it, which is a warning', async () => {
    await writeFile(join(one.nas, 'prod-1', 'drills'), 'in the way');
    const made = await cli('drill', '--json');
    expect(made).toMatchObject({ code: 4, stderr: expect.stringContaining('nas did not take the record') as string });
    await rm(one.nas, { recursive: true });
    const last = await cli('drill', '--last', '--json');
    expect(last.stderr).toContain('nas did not answer');
    expect(shownBy(last.stdout)).toMatchObject({ verdict: 'fail', recorded: { destination: null } });
  });

  test('not if it is a rehearsal on another version', async () => {
    await writeFile(join(one.home, 'bin', 'npm'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect((await cli('drill', '--openclaw', '2026.1.1')).code).not.toBe(0);
    expect(await new History(one.workDir, 'prod-1').last('drill')).toBeNull();
  });
});

describe('the last drill', () => {
  test('of nothing says how to make one', async () => {
    expect(await cli('drill', '--last')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('clawback drill') as string,
    });
  });

  test('is read with a location and an identity too, and shown as a page', async () => {
    await cli('drill');
    const flags = ['--from', one.nas, '--identity', join(one.home, '.config/clawback/identity.txt')];
    const page = join(one.home, 'last.html');
    expect((await elsewhere(...flags, '--report', page)).stdout).toMatch(/^drilled .* on /m);
    expect(await readFile(page, 'utf8')).toContain('data-verdict="fail"');
  });

  test('is of no snapshot in particular, and boots nothing', async () => {
    expect((await cli('drill', '20261122T203437Z', '--last')).code).toBe(2);
    expect((await cli('drill', '--last', '--openclaw', 'openclaw')).code).toBe(2);
  });
});
