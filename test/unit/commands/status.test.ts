import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BackupResult } from '../../../src/commands/backup.ts';
import type { StatusResult } from '../../../src/commands/status.ts';
import { History } from '../../../src/core/history.ts';
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

/** On another machine, with nothing but the location. */
const elsewhere = (...argv: readonly string[]): Promise<CliResult> =>
  runCli(argv, { env: { HOME: join(one.home, 'nobody') }, cwd: one.home });

async function statusOf(result: Promise<CliResult>): Promise<StatusResult['instances'][number]> {
  const { stdout } = await result;
  const [instance] = (JSON.parse(stdout) as StatusResult).instances;
  if (instance === undefined) throw new Error(stdout);
  return instance;
}

async function statusObjects(): Promise<string[]> {
  return (await readdir(join(one.nas, 'prod-1', 'status'))).sort();
}

/** Writes what a backup of so many hours ago would have left. */
async function backedUp(hoursAgo: number, change: object = {}): Promise<string> {
  const at = (hours: number): string => `${new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
  const lastSuccess = at(-hoursAgo);
  const snapshot = `${lastSuccess.replaceAll(/[-:]/g, '')}-0123456789abcdef`;
  const document = {
    ...{ format: 1, instance: 'prod-1', clawbackVersion: '0.1.0', lastSuccess, snapshot, bytes: 6 },
    ...{ nextDue: at(1 - hoursAgo), overdueAfter: at(1.5 - hoursAgo), lastDrill: null, alarm: null },
    ...change,
  };
  await tree(join(one.nas, 'prod-1'), {
    [`${snapshot}.full.tar.zst.age`]: 'sealed',
    'status/00000007.json': JSON.stringify(document),
  });
  return snapshot;
}

describe('status', () => {
  test('says after a backup that all is well, here and from any other machine', async () => {
    const { snapshot } = (await one.json('backup')) as BackupResult;
    const here = await clawback('status');
    expect(here.stdout).toMatch(/^prod-1: ok\nlast backup {2}20.*UTC, \d+ s ago\nnext due {5}.*, in \d+ (min|s)\n/);
    expect(here.code).toBe(0);
    const there = await elsewhere('status', '--from', one.nas, '--json');
    expect(there.code).toBe(0);
    expect(await statusOf(Promise.resolve(there))).toMatchObject({
      instance: 'prod-1',
      lastSuccess: snapshot.createdAt,
      overdue: false,
      problems: [],
      destinations: [{ ok: true, snapshot: snapshot.id, bytes: snapshot.bytes, overdue: false }],
    });
  });

  test('of an instance that was never backed up is a problem here, and nothing to find elsewhere', async () => {
    const here = await clawback('status');
    expect(here.code).toBe(4);
    expect(here.stdout).toContain('prod-1: OVERDUE\nlast backup  never');
    expect((await elsewhere('status', '--from', one.nas)).code).toBe(7);
  });

  test('says from elsewhere who is overdue', async () => {
    await backedUp(3);
    const { code, stdout } = await elsewhere('status', '--from', one.nas);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^prod-1: OVERDUE\nlast backup .*, 3 h ago\nnext due .*, 2 h ago\n/);
    expect(stdout).toContain('is overdue');
  });

  test('goes by the schedule of the config where there is one', async () => {
    await backedUp(3);
    const file = join(one.home, '.config', 'clawback', 'config.json5');
    const daily = (await readFile(file, 'utf8')).replace(/\n}\n$/, "\n  schedule: { backup: '0 4 * * *' },\n}\n");
    await writeFile(file, daily);
    expect((await statusOf(clawback('status', '--json'))).overdue).toBe(false);
  });

  test('shows every instance of a location', async () => {
    await backedUp(0.5);
    await tree(join(one.nas, 'prod-2'), { '20200101T000000Z-0123456789abcdef.full.tar.zst.age': 'sealed' });
    const { stdout } = await elsewhere('status', '--from', one.nas, '--json');
    const { instances } = JSON.parse(stdout) as StatusResult;
    // Nobody knows how often prod-2 is meant to be backed up.
    expect(instances.map(({ instance, nextDue, overdue }) => [instance, nextDue !== null, overdue])).toEqual([
      ['prod-1', true, false],
      ['prod-2', false, false],
    ]);
  });

  test('notices when the snapshot is gone that the last backup put there', async () => {
    const snapshot = await backedUp(0.5);
    await rm(join(one.nas, 'prod-1', `${snapshot}.full.tar.zst.age`));
    const { problems } = await statusOf(elsewhere('status', '--from', one.nas, '--json'));
    expect(problems).toEqual([expect.stringMatching(`${snapshot}.*is gone`)]);
  });

  test('notices a status object that no backup has written, and goes by the snapshots', async () => {
    await backedUp(0.5, { lastSuccess: '\u001b[2J' });
    const { lastSuccess, problems } = await statusOf(elsewhere('status', '--from', one.nas, '--json'));
    expect(lastSuccess).toMatch(/^20\d\d-/);
    expect(problems).toEqual([expect.stringMatching(/not what a backup writes/)]);
  });

  test('tells of a failed drill and of an alarm', async () => {
    const snapshot = await backedUp(0.5, {
      lastDrill: { at: '2026-11-20T09:00:00Z', verdict: 'fail', snapshot: null },
      alarm: '20261126T061700Z-0123456789abcdef',
    });
    expect(snapshot).toBeDefined();
    const { code, stdout } = await elsewhere('status', '--from', one.nas);
    expect(code).toBe(4);
    expect(stdout).toMatch(/prod-1: needs attention/);
    expect(stdout).toMatch(/last drill +fail, 2026-11-20 09:00 UTC/);
    expect(stdout).toMatch(/the last drill failed/);
    expect(stdout).toMatch(/20261126T061700Z-0123456789abcdef is suspicious/);
  });

  test('tells of the last backup that failed on this host, although an older one is still new enough', async () => {
    await one.must('backup');
    await rm(join(one.home, '.openclaw'), { recursive: true });
    await clawback('backup');
    const { overdue, problems } = await statusOf(clawback('status', '--json'));
    expect(overdue).toBe(false);
    expect(problems).toEqual([expect.stringMatching(/^the last backup failed: /)]);
  });
});

describe('a backup', () => {
  test('leaves a numbered status object, keeps three, and no secret in them', async () => {
    const older = [1, 2, 3, 4].map((number) => [`status/0000000${number}.json`, '{}']);
    await tree(join(one.nas, 'prod-1'), Object.fromEntries(older) as Record<string, string>);
    await one.must('backup');
    expect(await statusObjects()).toEqual(['00000003.json', '00000004.json', '00000005.json']);
    const text = await readFile(join(one.nas, 'prod-1', 'status', '00000005.json'), 'utf8');
    expect(Object.keys(JSON.parse(text) as object).sort()).toEqual([
      ...['alarm', 'bytes', 'clawbackVersion', 'format', 'instance', 'lastDrill', 'lastSuccess', 'nextDue'],
      ...['overdueAfter', 'snapshot'],
    ]);
  });

  test('tags its snapshot with an object beside it', async () => {
    const { snapshot } = (await one.json('backup', '--tag', 'before-upgrade', '--tag', 'x')) as BackupResult;
    expect((await readdir(join(one.nas, 'prod-1', 'tags'))).sort()).toEqual([
      `${snapshot.id}.before-upgrade`,
      `${snapshot.id}.x`,
    ]);
    expect((await clawback('list')).stdout).toMatch(/IN +TAGS\n.* nas +before-upgrade, x\n/);
    expect((await clawback('backup', '--tag', 'Not A Tag')).code).toBe(2);
  });

  test('that holds far less than the last good one raises the alarm, here and for others', async () => {
    const counts = { agents: 1, sessions: 9, messages: 900, cronJobs: 45, devices: 6, channels: 1, plugins: 0 };
    await new History(one.workDir, 'prod-1').append({
      ...{ job: 'backup', startedAt: '2026-11-01T00:00:00.000Z', seconds: 1, ok: true, counts },
      snapshot: '20261101T000000Z-0123456789abcdef' as SnapshotId,
    });
    const { code, stdout } = await clawback('backup', '--json');
    expect(code).toBe(0);
    const { snapshot, warnings } = JSON.parse(stdout) as BackupResult;
    expect(warnings.filter(({ severity }) => severity === 'alarm').map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(`^cron jobs fell from 45 to 2; .* --confirm ${snapshot.id}`)]),
    );
    expect((await clawback('backup')).stdout).toContain('ALARM: messages fell from 900 to');
    expect((await elsewhere('status', '--from', one.nas)).code).toBe(4);
    expect((await clawback('status')).stdout).toContain(`${snapshot.id} is suspicious`);

    await one.must('prune', '--confirm', 'latest');
    expect((await elsewhere('status', '--from', one.nas)).code).toBe(0);
    expect((await clawback('status')).code).toBe(0);
  });

  test('on a host that has lost its memory takes over what it said before', async () => {
    const lastDrill = { at: '2026-11-20T09:00:00Z', verdict: 'pass', snapshot: '20261120T051700Z-0123456789abcdef' };
    await backedUp(0.5, { lastDrill });
    await one.must('backup');
    expect((await statusOf(elsewhere('status', '--from', one.nas, '--json'))).lastDrill).toEqual(lastDrill);
  });

  test('replaces the textfile of node_exporter, also when it fails', async () => {
    const textfile = join(one.home, 'clawback.prom');
    const file = join(one.home, '.config', 'clawback', 'config.json5');
    const config = (await readFile(file, 'utf8')).replace(/\n}\n$/, `\n  metrics: { textfile: '${textfile}' },\n}\n`);
    await writeFile(file, config);
    await one.must('backup');
    const good = 'clawback_job_last_run_success{instance="prod-1",job="backup"} 1';
    expect(await readFile(textfile, 'utf8')).toContain(good);
    await rm(join(one.home, '.openclaw'), { recursive: true });
    await clawback('backup');
    expect(await readFile(textfile, 'utf8')).toContain(good.replace(/1$/, '0'));
    expect((await readdir(one.home)).filter((name) => name.includes('.prom'))).toEqual(['clawback.prom']);
  });
});
