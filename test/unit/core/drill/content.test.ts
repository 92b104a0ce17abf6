import { expect, test } from 'vitest';
import { checkContent, findCounts } from '../../../../src/core/drill/content.ts';
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
  expect((await findCounts(view, {})).found).toMatchObject({ cronJobs: 2, sessions: 1, devices: 0 });
  expect((await findCounts(view, { cronJobs: 0, sessions: 9, devices: 3 })).found).toMatchObject({
    cronJobs: 0,
    sessions: 1,
    devices: 3,
  });
  expect((await findCounts(view, { sessions: 0 })).found.sessions).toBe(0);
});
