import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { checkCopy, copyDatabase, headOf, isDatabase } from '../../../../src/core/capture/database.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { unprivileged } from '../../../support/unprivileged.ts';

type Mode = 'wal' | 'delete';

function makeDatabase(path: string, mode: Mode): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = ${mode}; PRAGMA user_version = 23; CREATE TABLE t (id INTEGER PRIMARY KEY, x);`);
  database.exec('CREATE INDEX by_x ON t (x); CREATE TABLE sums (id INTEGER PRIMARY KEY, n)');
  return database;
}

/** Changes two tables and an index in each transaction, as fast as it can, until it is disposed of. */
const WRITER = `
  import { DatabaseSync } from 'node:sqlite';
  const database = new DatabaseSync(process.argv[1], { timeout: 5000 });
  const insert = database.prepare('INSERT INTO t (x) VALUES (hex(randomblob(300)))');
  const sum = database.prepare('INSERT INTO sums (n) SELECT count(*) FROM t');
  for (let round = 0; ; round++) {
    database.exec('BEGIN IMMEDIATE');
    for (let row = 0; row < 20; row++) insert.run();
    sum.run();
    database.exec('COMMIT');
    if (round === 0) console.log('writing');
  }`;

const HOLDER = `
  import { DatabaseSync } from 'node:sqlite';
  const database = new DatabaseSync(process.argv[1]);
  database.exec('BEGIN EXCLUSIVE');
  console.log('holding');
  setInterval(() => database.isOpen, 1000);`;

async function inAnotherProcess(script: string, path: string): Promise<AsyncDisposable & { child: ChildProcess }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    child,
    async [Symbol.asyncDispose]() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

function rowsOf(path: string): number {
  using database = new DatabaseSync(path, { readOnly: true });
  return Number(database.prepare('SELECT count(*) AS n FROM t').get()?.['n']);
}

describe('copyDatabase', () => {
  test.each<[Mode, number]>([
    ['wal', 20],
    // Its writer locks readers out for most of the time.
    ['delete', 5],
  ])(
    'copies a %s database whole, %i times, while another process writes to it',
    async (mode, rounds) => {
      await using directory = await temporaryDirectory();
      const source = join(directory.path, 'agent.sqlite');
      makeDatabase(source, mode).close();
      await using _writer = await inAnotherProcess(WRITER, source);
      const seen: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const copy = join(directory.path, `copy-${round}`);
        await copyDatabase(source, copy);
        expect(checkCopy(copy)).toEqual({ userVersion: 23, integrity: 'ok', pageBytes: 4096, problem: null });
        using database = new DatabaseSync(copy);
        // Each transaction adds 20 rows and their count: half of one would show.
        const { rows, sum } =
          database.prepare('SELECT (SELECT count(*) FROM t) AS rows, max(n) AS sum FROM sums').get() ?? {};
        expect(rows).toBe(sum);
        seen.push(Number(rows));
      }
      expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? 0);
    },
    60_000,
  );

  test('copies rows that only the WAL holds', async () => {
    await using directory = await temporaryDirectory();
    const source = join(directory.path, 'state.sqlite');
    using database = makeDatabase(source, 'wal');
    database.exec("INSERT INTO t (x) VALUES ('only here')");
    await writeFile(join(directory.path, 'main-file-alone'), await readFile(source));
    expect(() => rowsOf(join(directory.path, 'main-file-alone'))).toThrow('no such table');
    await copyDatabase(source, join(directory.path, 'copy'));
    expect(rowsOf(join(directory.path, 'copy'))).toBe(1);
  });

  test('leaves nothing beside a database that nobody has open', async () => {
    await using directory = await temporaryDirectory();
    await mkdir(join(directory.path, 'state'));
    makeDatabase(join(directory.path, 'state/quiet.sqlite'), 'wal').close();
    await copyDatabase(join(directory.path, 'state/quiet.sqlite'), join(directory.path, 'copy'));
    expect(await readdir(join(directory.path, 'state'))).toEqual(['quiet.sqlite']);
    expect(await readdir(directory.path)).toEqual(['copy', 'state']);
  });

  test('copies one from a directory that may not be written to', async () => {
    await using directory = await temporaryDirectory();
    const state = join(directory.path, 'state');
    await mkdir(state);
    makeDatabase(join(state, 'quiet.sqlite'), 'wal').close();
    makeDatabase(join(state, 'rollback.sqlite'), 'delete').close();
    await chmod(state, 0o500);
    const names = ['quiet', 'rollback'];
    await unprivileged(directory.path, () =>
      Promise.all(names.map((name) => copyDatabase(join(state, `${name}.sqlite`), join(directory.path, name)))),
    );
    await chmod(state, 0o700);
    for (const name of names) expect(checkCopy(join(directory.path, name)).integrity).toBe('ok');
  });

  test('says that a database is locked when another process never lets go of it, and leaves no copy', async () => {
    await using directory = await temporaryDirectory();
    const source = join(directory.path, 'locked.sqlite');
    makeDatabase(source, 'delete').close();
    await using _holder = await inAnotherProcess(HOLDER, source);
    const copy = copyDatabase(source, join(directory.path, 'copy'), { patience: 10 });
    await expect(copy).rejects.toThrow('database is locked');
    expect(await readdir(directory.path)).not.toContain('copy');
  });

  test('rejects and leaves no copy of what only begins like a database', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(
      join(directory.path, 'source'),
      Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4096, 1)]),
    );
    await expect(copyDatabase(join(directory.path, 'source'), join(directory.path, 'copy'))).rejects.toThrow();
    expect(await readdir(directory.path)).toEqual(['source']);
  });

  test.each([
    ['', ''],
    [' beside a full-text index', 'CREATE VIRTUAL TABLE words USING fts5(word);'],
  ])('says what is wrong with a copy whose pages do not fit together%s', async (_, schema) => {
    await using directory = await temporaryDirectory();
    const source = join(directory.path, 'source');
    using database = makeDatabase(source, 'delete');
    database.exec(schema);
    database.exec(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) INSERT INTO t (x) SELECT hex(randomblob(40)) FROM n',
    );
    database.close();
    const bytes = await readFile(source);
    bytes.copy(bytes, 5 * 4096, 6 * 4096, 7 * 4096);
    await rm(source);
    await writeFile(source, bytes);
    const copy = join(directory.path, 'copy');
    await copyDatabase(source, copy);
    const { integrity, problem } = checkCopy(copy);
    expect(integrity).toBe('damaged');
    expect(problem).not.toBe('');
  });
});

describe('isDatabase', () => {
  test('knows one by its first bytes, and takes an empty or short file for none', async () => {
    await using directory = await temporaryDirectory();
    makeDatabase(join(directory.path, 'notes.md'), 'delete').close();
    await writeFile(join(directory.path, 'empty.sqlite'), '');
    await writeFile(join(directory.path, 'short.sqlite'), 'SQLite');
    const found = ['notes.md', 'empty.sqlite', 'short.sqlite'].map((name) =>
      isDatabase(headOf(join(directory.path, name))),
    );
    expect(found).toEqual([true, false, false]);
  });
});
