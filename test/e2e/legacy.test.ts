import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, inject, test } from 'vitest';
import { protect } from '../support/protected.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { state2026_3, state2026_6 } from '../unit/core/openclaw/states.ts';

interface Release {
  readonly build: (stateDir: string) => Promise<void>;
  readonly directory: string;
  readonly cronJobs: number;
}

const RELEASES: readonly [string, Release][] = [
  ['2026.6 in ~/.openclaw', { build: state2026_6, directory: '.openclaw', cronJobs: 1 }],
  ['2026.3 in ~/.openclaw', { build: state2026_3, directory: '.openclaw', cronJobs: 2 }],
  ['2026.3 in ~/.clawdbot', { build: state2026_3, directory: '.clawdbot', cronJobs: 2 }],
];

test.each(RELEASES)('%s: counted, and whole at another path', async (_, { build, directory, cronJobs }) => {
  await using place = await temporaryDirectory();
  const stateDir = join(place.path, directory);
  await build(stateDir);
  if (directory === '.clawdbot') await rename(join(stateDir, 'openclaw.json'), join(stateDir, 'clawdbot.json'));
  const installation = await protect(place.path, inject('openclaw'));
  await installation.must('backup');

  const shown = await installation.json('show', 'latest');
  expect(shown).toMatchObject({
    installation: { stateDir, openclawVersion: '2026.6.11' },
    counts: { agents: 1, sessions: 1, messages: 2, cronJobs, devices: 1, plugins: 1 },
    devices: [{ name: 'Chrome', roles: ['operator'] }],
  });

  const target = join(place.path, 'elsewhere');
  const restored = await installation.json('restore', '--target', target, '--no-drill');
  expect(restored).toMatchObject({ target, cronJobs: { before: cronJobs, after: cronJobs } });
  expect(await cronJobsAt(target)).toHaveLength(cronJobs);
  const sessions = await readFile(join(target, 'agents/main/sessions/sessions.json'), 'utf8');
  expect(JSON.parse(sessions)).toEqual({
    'agent:main:one': { sessionId: 'one', sessionFile: `${target}/agents/main/sessions/one.jsonl` },
  });
  // What the original holds is as it was, and transcripts that ended long ago are kept.
  expect(await readFile(join(stateDir, 'agents/main/sessions/sessions.json'), 'utf8')).toContain(stateDir);
  expect(await readdir(join(target, 'agents/main/sessions'))).toContain('old.jsonl.deleted.2026-01-01');
});

/** Ids of the jobs that a Gateway of that release finds in a state directory. */
async function cronJobsAt(stateDir: string): Promise<unknown[]> {
  const file = await readFile(join(stateDir, 'cron', 'jobs.json'), 'utf8').catch(() => null);
  if (file !== null) return (JSON.parse(file) as { jobs: unknown[] }).jobs;
  using state = new DatabaseSync(join(stateDir, 'state', 'openclaw.sqlite'), { readOnly: true });
  return state.prepare('SELECT job_id FROM cron_jobs WHERE store_key = ?').all(`${stateDir}/cron/jobs.json`);
}
