import { appendFile, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DATABASE } from './corpora.ts';
import { addEvents, DAY, HOUR, type Talk } from './events.ts';
import { Source } from './prose.ts';

/** A day's work: every hundredth file gets a few lines more, and the database grows by 1 %. */
export async function change(state: string, seed: string): Promise<void> {
  const source = new Source(seed);
  const entries = await readdir(join(state, 'workspace'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((file) => join(file.parentPath, file.name));
  for (const path of files.sort()) if (source.below(100) === 0) await appendFile(path, source.prose(200));
  const { size } = await stat(join(state, DATABASE));
  talk(state, { ...DAY, until: { bytes: size / 100 } }, source);
}

/** A busy hour: 1,500 messages. */
export function talkForAnHour(state: string): void {
  talk(state, { ...HOUR, until: { events: 1500 } }, new Source('hour'));
}

function talk(state: string, how: Talk, source: Source): void {
  using database = new DatabaseSync(join(state, DATABASE), { enableForeignKeyConstraints: false });
  addEvents(database, how, source);
}

/** OpenClaw leaves SQLite's default. */
const PAGE = 4096;

/** Bytes of the pages of a database that are new or not as they were. */
export async function changedPages(before: string, after: string): Promise<number> {
  await using old = await open(before);
  await using young = await open(after);
  const [then, now] = [Buffer.alloc(PAGE * 256), Buffer.alloc(PAGE * 256)];
  let changed = 0;
  for (let at = 0; ; at += now.length) {
    const [{ bytesRead: had }, { bytesRead: has }] = [
      await old.read(then, { position: at }),
      await young.read(now, { position: at }),
    ];
    if (has === 0) return changed;
    for (let page = 0; page < has; page += PAGE) {
      const isSame = page < had && then.subarray(page, page + PAGE).equals(now.subarray(page, page + PAGE));
      if (!isSame) changed += PAGE;
    }
  }
}
