import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord, textOf } from './config-value.ts';
import { jsonOrNull } from './json.ts';
import { columnsOf, reading, rowsOf } from './sqlite.ts';
import type { StateView } from './state-view.ts';

/**
 * Ids of the cron jobs that people made. OpenClaw keeps some for itself (heartbeat, reviews), which have a declaration key
 * and which it adds, removes and makes again as it likes.
 */
export async function personalJobs(view: StateView): Promise<string[]> {
  return jobsInDatabase(view) ?? (await jobsInFile(view));
}

/** Null if the control database keeps no cron jobs, or cannot be asked. */
function jobsInDatabase(view: StateView): string[] | null {
  const path = view.database('state/openclaw.sqlite');
  if (path === null) return null;
  try {
    return reading(path, (database) => {
      const columns = columnsOf(database, 'cron_jobs');
      if (!columns.includes('job_id')) return null;
      const definition = columns.includes('job_json') ? 'job_json' : 'NULL';
      const rows = rowsOf(database, 'cron_jobs', `SELECT job_id, ${definition} AS definition FROM cron_jobs`);
      return rows.filter(({ definition: json }) => !isManaged(jsonOrNull(json))).map((row) => String(row['job_id']));
    });
  } catch {
    // A database that cannot be read is the integrity check's to report.
    return null;
  }
}

async function jobsInFile({ stateDir }: StateView): Promise<string[]> {
  const file = jsonOrNull(await readFile(join(stateDir, 'cron', 'jobs.json'), 'utf8').catch(() => null));
  const jobs = isRecord(file) ? file['jobs'] : file;
  return (Array.isArray(jobs) ? jobs : []).flatMap((job: unknown) => {
    const id = isRecord(job) && !isManaged(job) ? textOf(job['id']) : null;
    return id === null ? [] : [id];
  });
}

function isManaged(job: unknown): boolean {
  return isRecord(job) && textOf(job['declarationKey']) !== null;
}
