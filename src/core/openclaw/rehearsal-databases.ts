import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Tables of the control database that a rehearsal needs; all others are emptied, whatever a release keeps in them. */
const STATE_TABLES: ReadonlySet<string> = new Set([
  'schema_meta',
  'agent_databases',
  'cron_jobs',
  'device_identities',
  'device_pairing_paired',
  'migration_runs',
  'migration_sources',
]);

/** Tables of an agent's database that may hold what opens other doors. */
const AGENT_SECRETS = /auth|secret|token|oauth|credential|lease/;

/** Empties every table that may hold a secret, in the databases of a state directory; what was deleted is overwritten. */
export async function emptySecrets(stateDir: string): Promise<void> {
  const control = join(stateDir, 'state', 'openclaw.sqlite');
  if (existsSync(control)) emptyTables(control, (name) => !STATE_TABLES.has(name));
  for (const agent of await readdir(join(stateDir, 'agents')).catch(() => [])) {
    const path = join(stateDir, 'agents', agent, 'agent', 'openclaw-agent.sqlite');
    if (existsSync(path)) emptyTables(path, (name) => AGENT_SECRETS.test(name));
  }
}

function emptyTables(path: string, isSecret: (table: string) => boolean): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  try {
    const query = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'";
    const names = database
      .prepare(query)
      .all()
      .map(({ name }) => String(name));
    for (const name of names) {
      if (!name.startsWith('sqlite_') && isSecret(name)) database.exec(`DELETE FROM "${name}"`);
    }
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}
