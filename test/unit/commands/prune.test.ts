import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PruneResult } from '../../../src/commands/prune.ts';
import { type BackupRun, History } from '../../../src/core/history.ts';
import type { SnapshotId } from '../../../src/core/snapshot-id.ts';
import { type CliResult, runCli } from '../../support/cli.ts';
import { protect, type Protected } from '../../support/protected.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';
import { state2026_9 } from '../core/openclaw/states.ts';

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let one: Protected;

beforeEach(async () => {
  scope = await temporaryDirectory();
  await state2026_9(join(scope.path, '.openclaw'));
  one = await protect(scope.path, '/bin/false');
});

afterEach(() => scope[Symbol.asyncDispose]());

const clawback = (...argv: readonly string[]): Promise<CliResult> => runCli(argv, { env: one.env, cwd: one.home });

const idOf = (day: number): SnapshotId => `202611${day}T100000Z-00000000000000${day}` as SnapshotId;

/** Sets a policy, and stores a snapshot for each day. */
async function having(retention: string, days: readonly number[]): Promise<void> {
  const file = join(one.home, '.config', 'clawback', 'config.json5');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/\n}\n$/, `\n  retention: ${retention},\n}\n`));
  await tree(
    join(one.nas, 'prod-1'),
    Object.fromEntries(days.map((day) => [`${idOf(day)}.full.tar.zst.age`, 'sealed'])),
  );
}

function backupOf(day: number, devices: number): BackupRun {
  const counts = { agents: 1, sessions: 1, messages: 1, cronJobs: 1, devices, channels: 1, plugins: 1 };
  const startedAt = `2026-11-${day}T10:00:00.000Z`;
  return { job: 'backup', startedAt, seconds: 1, ok: true, snapshot: idOf(day), counts };
}

async function stored(): Promise<string[]> {
  return (await readdir(join(one.nas, 'prod-1')))
    .filter((name) => name.endsWith('.age'))
    .map((name) => name.slice(6, 8));
}

test('prune removes what the policy does not keep, and says so', async () => {
  await having('{ last: 2, minKeep: 1 }', [10, 11, 12, 13]);
  expect((await clawback('prune')).stdout).toBe('nas: removed 2 snapshots, kept 2\n');
  expect(await stored()).toEqual(['12', '13']);
  expect(await new History(one.workDir, 'prod-1').last('prune')).toMatchObject({ ok: true, removed: 2 });
});

test('a dry run explains, removes nothing and is not remembered', async () => {
  await having('{ daily: 2, minKeep: 1 }', [10, 11, 12]);
  expect((await clawback('prune', '--dry-run', '--explain')).stdout).toBe(
    [
      'nas: would remove 1 snapshot and keep 2',
      '        SNAPSHOT                           WHY',
      `keep    ${idOf(12)}  daily, among the newest 1, newest good`,
      `keep    ${idOf(11)}  daily`,
      `remove  ${idOf(10)}  no rule keeps it`,
      '',
    ].join('\n'),
  );
  expect(await stored()).toHaveLength(3);
  expect(await new History(one.workDir, 'prod-1').runs()).toEqual([]);
});

test('a config without a policy is refused with what to write', async () => {
  await having('{}', [10, 11]);
  const { code, stderr } = await clawback('prune');
  expect(code).toBe(2);
  expect(stderr).toMatch(/no rule.*\n.*retention: \{ last: 3/);
  expect(await stored()).toHaveLength(2);
});

test('a suspicious snapshot holds prune back, until a person confirms it', async () => {
  await having('{ last: 1, minKeep: 1 }', [10, 11, 12]);
  const history = new History(one.workDir, 'prod-1');
  await history.append(backupOf(11, 6));
  await history.append(backupOf(12, 0));

  const refused = await clawback('prune');
  expect(refused.code).toBe(4);
  expect(refused.stdout).toContain(`Nothing is removed: in ${idOf(12)}, devices fell from 6 to 0.`);
  expect(refused.stdout).toContain(`clawback prune --confirm ${idOf(12)}`);
  expect(await stored()).toHaveLength(3);

  expect(JSON.parse((await clawback('prune', '--dry-run', '--json')).stdout)).toMatchObject({
    refused: `${idOf(12)} is suspicious: devices fell from 6 to 0`,
    alarm: { snapshot: idOf(12) },
    remove: [{ id: idOf(10), destinations: ['nas'] }],
  });

  const confirmed = await clawback('prune', '--confirm', '20261112', '--json');
  expect(confirmed.code).toBe(0);
  expect(JSON.parse(confirmed.stdout) as PruneResult).toMatchObject({ confirmed: idOf(12) });
  expect(await stored()).toEqual(['12']);
  expect((await clawback('prune')).code).toBe(0);
});

test('nothing is confirmed that is not there', async () => {
  await having('{ last: 1 }', [10]);
  expect((await clawback('prune', '--confirm', '20251224')).code).toBe(7);
});
