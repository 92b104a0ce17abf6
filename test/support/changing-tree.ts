import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import {
  closeSync,
  copyFileSync,
  openSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';

/** Something that happens to a state directory between two backups. */
export type Edit = (directory: string) => void;

/** Few, so that edits meet each other; and such as shells and lists stumble over. */
const names = fc.constantFrom('a', 'b c', "d'e", 'f\ng', '-h', 'päivä', 'dir/x', 'dir/y', 'dir/deep/z', '$(i)', 'j\\');

const MiB = 1024 * 1024;

/** Bytes that compress, of a size that is read at once or in pieces. */
const contents = fc
  .tuple(fc.nat(9), fc.oneof({ weight: 3, arbitrary: fc.nat(5000) }, fc.integer({ min: MiB, max: 3 * MiB })))
  .map(([seed, size]) => Buffer.alloc(size, `content ${seed} `));

const places = fc.nat(3 * MiB);

/** An edit that says what it is when a property fails, and lets be what the tree as it is does not allow. */
function edit(what: string, act: (directory: string) => void): Edit {
  const attempt = (directory: string): void => {
    try {
      act(directory);
    } catch (error) {
      if (!IMPOSSIBLE.includes(codeOf(error))) throw error;
    }
  };
  return Object.assign(attempt, { [fc.toStringMethod]: () => what });
}

const IMPOSSIBLE = ['ENOENT', 'EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'EINVAL', 'ELOOP', 'ERR_FS_EISDIR'];

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const edits: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(names, contents).map(([name, content]) =>
      edit(`write ${name} (${content.length})`, (directory) => {
        mkdirSync(dirname(join(directory, name)), { recursive: true });
        writeFileSync(join(directory, name), content);
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 40 }).map((rows) =>
      edit(`write ${rows} rows`, (directory) => {
        writeRows(directory, rows);
      }),
    ),
  },
  fc.tuple(names, places).map(([name, at]) =>
    edit(`change ${name} at ${at}`, (directory) => {
      const descriptor = openSync(join(directory, name), 'r+');
      writeSync(descriptor, 'changed in place', at);
      closeSync(descriptor);
    }),
  ),
  fc.tuple(names, places).map(([name, size]) =>
    edit(`cut ${name} to ${size}`, (directory) => {
      truncateSync(join(directory, name), size);
    }),
  ),
  names.map((name) =>
    edit(`append to ${name}`, (directory) => {
      if (existsSync(join(directory, name))) appendFileSync(join(directory, name), 'one more line\n');
    }),
  ),
  fc.tuple(names, names).map(([from, to]) =>
    edit(`move ${from} to ${to}`, (directory) => {
      renameSync(join(directory, from), join(directory, to));
    }),
  ),
  fc.tuple(names, names).map(([from, to]) =>
    edit(`copy ${from} to ${to}`, (directory) => {
      copyFileSync(join(directory, from), join(directory, to));
    }),
  ),
  fc.oneof(names, fc.constant('dir')).map((name) =>
    edit(`remove ${name}`, (directory) => {
      rmSync(join(directory, name), { recursive: true });
    }),
  ),
  fc.constantFrom('a', 'dir').map((name) =>
    edit(`make ${name} another directory`, (directory) => {
      rmSync(join(directory, name), { recursive: true });
      mkdirSync(join(directory, name, 'now'), { recursive: true });
    }),
  ),
  fc.tuple(names, names).map(([name, target]) =>
    edit(`make ${name} a link`, (directory) => {
      rmSync(join(directory, name), { recursive: true, force: true });
      symlinkSync(target, join(directory, name));
    }),
  ),
  fc.tuple(names, fc.constantFrom(0o600, 0o644, 0o755)).map(([name, mode]) =>
    edit(`give ${name} mode ${mode.toString(8)}`, (directory) => {
      if (!lstatSync(join(directory, name)).isSymbolicLink()) chmodSync(join(directory, name), mode);
    }),
  ),
  fc.tuple(names, fc.nat(2_000_000_000)).map(([name, time]) =>
    edit(`give ${name} time ${time}`, (directory) => {
      utimesSync(join(directory, name), time, time);
    }),
  ),
);

/** Between backups, what happens; each backup full or not, and with times that tell or do not tell what is untouched. */
export const histories = fc.array(
  fc.record({ edits: fc.array(edits, { minLength: 1, maxLength: 6 }), full: fc.boolean(), certain: fc.boolean() }),
  { minLength: 2, maxLength: 4 },
);

/** A database of some MiB whose pages change here and there, as OpenClaw's do. */
function writeRows(directory: string, rows: number): void {
  using database = new DatabaseSync(join(directory, 'talk.sqlite'));
  database.exec(
    'PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS talk (id INTEGER PRIMARY KEY, text TEXT); BEGIN',
  );
  const { count } = database.prepare('SELECT count(*) AS count FROM talk').get() as { count: number };
  const insert = database.prepare('INSERT INTO talk (text) VALUES (?)');
  for (let row = 0; row < (count === 0 ? 2000 : rows); row++) insert.run(`row ${row} `.repeat(100));
  database.prepare('DELETE FROM talk WHERE id % 97 = ?').run(rows);
  database.exec('COMMIT');
}

/** What of a tree a restore is to bring back: modes, times in whole seconds, but of links, and what each path holds. */
export function treeOf(directory: string, hashOf: (path: string) => string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(directory, below)).sort()) {
    const path = join(below, name);
    const stats = lstatSync(join(directory, path));
    const about = `${(stats.mode & 0o7777).toString(8)} ${Math.floor(stats.mtimeMs / 1000)}`;
    const what = hashOf(join(directory, path));
    found[path] = stats.isSymbolicLink() ? what : `${about} ${what}`;
    if (stats.isDirectory()) Object.assign(found, treeOf(directory, hashOf, path));
  }
  return found;
}
