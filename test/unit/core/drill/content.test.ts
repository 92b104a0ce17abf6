import { expect, test } from 'vitest';
import { checkContent, findCounts, type Listed } from '../../../../src/core/drill/content.ts';
import { personalJobs } from '../../../../src/core/openclaw/cron.ts';
import { inventory } from '../../../../src/core/openclaw/inventory.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';

const COUNTS = { agents: 1, sessions: 3, messages: 40, cronJobs: 45, devices: 2, channels: 1, plugins: 0 };
const GOOD = { asked: true, problems: [] };

test('fewer of anything is a failure that says from how many to how many', () => {
  const check = checkContent(COUNTS, { ...COUNTS, cronJobs: 1, messages: 39 }, GOOD);
  expect(check).toMatchObject({
    status: 'fail',
    evidence: 'messages 40 → 39, cron jobs 45 → 1 (asked of the booted gateway and its databases)',
  });
});

test('more is what openclaw adds when it starts', () => {
  expect(checkContent(COUNTS, { ...COUNTS, cronJobs: 47 }, GOOD).status).toBe('ok');
});

test('what could not be counted is a warning', () => {
  const check = checkContent(COUNTS, COUNTS, { asked: false, problems: ['messages cannot be counted'] });
  expect(check).toMatchObject({
    status: 'warn',
    evidence: expect.stringContaining('by the restored databases alone); messages cannot') as unknown,
  });
});

test('of cron jobs and devices only those count that the gateway lists, of sessions all unless it lists none', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, {
    'cron/jobs.json': JSON.stringify({ version: 1, jobs: [{ id: 'a' }, { id: 'b' }] }),
    'agents/main/sessions/sessions.json': JSON.stringify({ 'agent:main:main': { sessionId: 's' } }),
  });
  const view = { stateDir: place.path, database: () => null, config: {} };
  const restored = { counts: (await inventory(view)).counts, jobs: await personalJobs(view) };
  const found = async (listed: Listed) => (await findCounts(view, listed, restored)).found;
  expect(restored.jobs).toEqual(['a', 'b']);
  expect(await found({})).toMatchObject({ cronJobs: 2, sessions: 1, devices: 0 });
  expect(await found({ cronJobs: ['b', 'a', 'heartbeat'] })).toMatchObject({ cronJobs: 2 });
  // As many as before, and yet not the same.
  expect(await found({ cronJobs: ['heartbeat', 'review'], sessions: 9, devices: 3 })).toMatchObject({
    cronJobs: 0,
    sessions: 1,
    devices: 3,
  });
  expect(await found({ sessions: 0 })).toMatchObject({ sessions: 0 });
});
