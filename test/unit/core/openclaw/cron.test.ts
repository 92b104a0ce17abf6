import { expect, test } from 'vitest';
import { join } from 'node:path';
import { personalJobs } from '../../../../src/core/openclaw/cron.ts';
import { addRow, createDatabase } from '../../../support/openclaw-schema.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

test("of the jobs in the database, OpenClaw's own are not counted as somebody's", async () => {
  await using place = await temporaryDirectory();
  const path = join(place.path, 'openclaw.sqlite');
  {
    using database = createDatabase(path, 'state');
    const job = (id: string, more: object) => ({
      job_id: id,
      store_key: '/x',
      job_json: JSON.stringify({ id, ...more }),
    });
    addRow(database, 'cron_jobs', job('mine', {}));
    addRow(database, 'cron_jobs', job('theirs', { declarationKey: 'heartbeat:main' }));
  }
  const view = { stateDir: place.path, database: () => path, config: {} };
  expect(await personalJobs(view)).toEqual(['mine']);
});
