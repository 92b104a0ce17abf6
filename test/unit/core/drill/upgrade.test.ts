import { expect, test } from 'vitest';
import { checkUpgrade, refusedDowngrade, reportUpgrade, setAside } from '../../../../src/core/drill/upgrade.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';

async function upgraded(log: string, after = 23): Promise<Awaited<ReturnType<typeof reportUpgrade>>> {
  await using place = await temporaryDirectory();
  await tree(place.path, { 'devices/paired.json.migrated': '', 'cron/jobs.json.migrated': '', 'openclaw.json': '' });
  return await reportUpgrade({
    ...{ from: '2026.6.11', to: '2026.9.6', stateDir: place.path, log },
    before: { state: 1, agents: { main: 20 } },
    after: { state: 18, agents: { main: after, other: 23 } },
    asideBefore: ['cron/jobs.json.migrated'],
  });
}

test('the report has every schema before and after, and what was set aside by this start alone', async () => {
  expect(await upgraded('')).toEqual({
    ...{ from: '2026.6.11', to: '2026.9.6', migrated: ['devices/paired.json.migrated'], warnings: [] },
    schema: [
      { database: 'state/openclaw.sqlite', before: 1, after: 18 },
      { database: 'agents/main/agent/openclaw-agent.sqlite', before: 20, after: 23 },
      { database: 'agents/other/agent/openclaw-agent.sqlite', before: null, after: 23 },
    ],
  });
});

test('a migration without a complaint is good, one with complaints is a remark, a schema that falls is a failure', async () => {
  expect(checkUpgrade(await upgraded('[state] migrated 3 devices'))).toMatchObject({
    status: 'ok',
    evidence: expect.stringContaining('state/openclaw.sqlite schema 1 → 18') as unknown,
  });
  expect(checkUpgrade(await upgraded('warn: migration skipped 2 jobs\nwarn: migration skipped 2 jobs'))).toMatchObject({
    status: 'warn',
    evidence: expect.stringMatching(/it said: warn: migration skipped 2 jobs$/) as unknown,
  });
  expect(checkUpgrade(await upgraded('', 19)).status).toBe('fail');
});

test('a release that is too old is told from one that fails for another reason', () => {
  const said = 'openclaw 2026.6.11: the gateway exited with 1; Refusing to run automatic gateway startup migrations';
  expect(refusedDowngrade(said, '2026.9.6')).toBe(
    'openclaw 2026.6.11 is older than 2026.9.6, which wrote this state, and does not start on it',
  );
  expect(refusedDowngrade('openclaw 2026.9.6: the gateway exited with 1', '2026.9.6')).toBeNull();
  expect(refusedDowngrade(said, null)).toBeNull();
});

test('what migrations set aside is found by its name, wherever it is', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, { 'a/b.migrated': '', 'state/x.pre-startup-migration-1.bak': '', 'notes.bak': '' });
  expect(await setAside(place.path)).toEqual(['a/b.migrated', 'state/x.pre-startup-migration-1.bak']);
});
