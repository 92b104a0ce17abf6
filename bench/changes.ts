import { appendFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DATABASE } from './corpora.ts';
import { addEvents, DAY } from './events.ts';
import { Source } from './prose.ts';

/** A day's work: every hundredth file gets a few lines more, and the database 1 % more events. */
export async function change(state: string, seed: string): Promise<void> {
  const source = new Source(seed);
  const entries = await readdir(join(state, 'workspace'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((file) => join(file.parentPath, file.name));
  for (const path of files.sort()) if (source.below(100) === 0) await appendFile(path, source.prose(200));
  const path = join(state, DATABASE);
  const { size } = await stat(path);
  using database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  addEvents(database, { ...DAY, until: { bytes: size / 100 } }, source);
}
