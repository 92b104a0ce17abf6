import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { databaseOf, headOf, isDatabase } from '../../src/core/capture/database.ts';
import { stock } from './stock.ts';

/** What an independent judge, Debian's `sqlite3`, says of each database below a directory, by relative path. */
export async function judgeDatabases(directory: string): Promise<Record<string, string>> {
  const verdicts: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || databaseOf(path) !== path || !isDatabase(headOf(path))) continue;
    // Debian's is too old for a function in the check constraints of OpenClaw's tables; it judges everything else.
    const checks = 'PRAGMA ignore_check_constraints=ON; PRAGMA integrity_check(1); PRAGMA foreign_key_check;';
    const said = await stock('sqlite3', [path, checks]).then(String, (error: unknown) => String(error));
    verdicts[path.slice(directory.length + 1)] = said.trim();
    for (const companion of ['-wal', '-shm']) await rm(path + companion, { force: true });
  }
  return verdicts;
}

/** Numbers of the messages that {@link load} said and this agent database holds. @throws if it cannot be read */
export function messagesIn(database: string): Set<number> {
  using opened = new DatabaseSync(database, { readOnly: true });
  const numbers = new Set<number>();
  const rows = opened.prepare('SELECT event_json, event_zstd FROM transcript_events').iterate();
  for (const { event_json, event_zstd } of rows) {
    const event = event_zstd instanceof Uint8Array ? zstdDecompressSync(event_zstd).toString() : String(event_json);
    const said = /message (\d+) /.exec(event)?.[1];
    if (said !== undefined) numbers.add(Number(said));
  }
  return numbers;
}
