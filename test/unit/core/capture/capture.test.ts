import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync, symlinkSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unprivileged } from '../../../support/unprivileged.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { captured, stateRoot } from './captured.ts';

const MiB = 1024 * 1024;

let home: string;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  directory = await temporaryDirectory();
  home = directory.path;
});

afterEach(() => directory[Symbol.asyncDispose]());

/** A WAL database with one row, closed unless `open` keeps a connection on it. */
function makeDatabase(path: string, { open = false } = {}): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)');
  if (!open) database.close();
  return database;
}

describe('a capture', () => {
  test('reads the config first, and takes up each path once', async () => {
    await tree(join(home, 'state'), {
      'openclaw.json': '{}',
      'more.json5': '{}',
      'a-first-by-name': 'x',
      'agents/main/agent/note': 'x',
      'state/note': 'x',
    });
    makeDatabase(join(home, 'state/state/openclaw.sqlite'));
    makeDatabase(join(home, 'state/agents/main/agent/openclaw-agent.sqlite'));
    const configFiles = [join(home, 'state/openclaw.json'), join(home, 'state/more.json5')];
    const { caught } = await captured(home, { configFiles });
    const paths = [...caught].filter(([, { entry }]) => entry.type === 'file').map(([path]) => path);
    expect(paths).toEqual([
      'state/openclaw.json',
      'state/more.json5',
      'state/a-first-by-name',
      'state/agents/main/agent/note',
      'state/state/note',
      'state/state/openclaw.sqlite',
      'state/agents/main/agent/openclaw-agent.sqlite',
    ]);
    expect(caught.size).toBe(new Set(caught.keys()).size);
  });

  test('has nothing in OpenClaw’s databases that is younger than the other files', async () => {
    await tree(join(home, 'state'), { 'a-file': 'x', 'agents/main/agent/note': 'x', 'state/note': 'x' });
    const names = ['state/openclaw.sqlite', 'agents/main/agent/openclaw-agent.sqlite'];
    const writers = names.map((name) => makeDatabase(join(home, 'state', name), { open: true }));
    const { caught } = await captured(home, {
      on(path, moment) {
        if (path !== 'state/a-file' || moment !== 'found') return;
        for (const writer of writers) writer.exec('INSERT INTO t VALUES (2)');
      },
    });
    for (const writer of writers) {
      expect(writer.prepare('SELECT x FROM t').all()).toEqual([{ x: 1 }, { x: 2 }]);
      writer.close();
    }
    for (const name of names) {
      const copy = join(home, 'copy');
      await writeFile(copy, caught.get(`state/${name}`)?.content ?? '');
      using database = new DatabaseSync(copy);
      expect(database.prepare('SELECT x FROM t').all()).toEqual([{ x: 1 }]);
    }
  });

  test('copies a database by its content, whatever its name, without its companions', async () => {
    await mkdir(join(home, 'state'));
    using database = makeDatabase(join(home, 'state/notes.txt'), { open: true });
    database.exec('INSERT INTO t VALUES (2)');
    await writeFile(join(home, 'state/not-a.sqlite'), 'plain text');
    const { caught } = await captured(home);
    expect([...caught.keys()]).toEqual(['state', 'state/not-a.sqlite', 'state/notes.txt']);
    expect(caught.get('state/notes.txt')?.entry).toMatchObject({ sqlite: { userVersion: 0, integrity: 'ok' } });
    expect(caught.get('state/not-a.sqlite')?.entry).not.toHaveProperty('sqlite');
    await writeFile(join(home, 'copy'), caught.get('state/notes.txt')?.content ?? '');
    using copy = new DatabaseSync(join(home, 'copy'));
    expect(copy.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 2 });
  });

  test('keeps a damaged database byte for byte, with its companions and a warning of damage', async () => {
    const damaged = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5000, 0xee)]);
    await tree(join(home, 'state'), {
      'state/openclaw.sqlite': damaged,
      'state/openclaw.sqlite-wal': 'what had not been merged',
      'state/openclaw.sqlite-shm': 'index of it',
    });
    const { caught, capture } = await captured(home);
    expect(caught.get('state/state/openclaw.sqlite')?.content.equals(damaged)).toBe(true);
    expect(caught.get('state/state/openclaw.sqlite-wal')?.content.toString()).toBe('what had not been merged');
    expect(caught.has('state/state/openclaw.sqlite-shm')).toBe(true);
    expect(capture.warnings).toEqual([
      {
        path: 'state/state/openclaw.sqlite',
        message: expect.stringMatching(/^database cannot be copied, captured as it is: /) as string,
        severity: 'damage',
      },
    ]);
    expect(capture.copies.of(join(home, 'state/state/openclaw.sqlite'))).toBeNull();
  });

  test('keeps a database with a wrong page byte for byte too: it opens, and its check says no', async () => {
    await mkdir(join(home, 'state'));
    const path = join(home, 'state/agent.sqlite');
    using database = new DatabaseSync(path);
    database.exec(
      'CREATE TABLE t (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO t SELECT hex(randomblob(50)) FROM n',
    );
    database.close();
    const bytes = await readFile(path);
    bytes.fill(0xff, 8192, 8292);
    await writeFile(path, bytes);
    const { caught, capture } = await captured(home);
    expect(caught.get('state/agent.sqlite')?.content.equals(bytes)).toBe(true);
    expect(capture.warnings).toMatchObject([{ path: 'state/agent.sqlite', severity: 'damage' }]);
  });

  test("takes a browser's locked database as it is, and does not call the snapshot damaged for that", async () => {
    await mkdir(join(home, 'state/browser/openclaw/user-data'), { recursive: true });
    using profile = new DatabaseSync(join(home, 'state/browser/openclaw/user-data/History'));
    profile.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1); BEGIN EXCLUSIVE');
    const { caught, capture } = await captured(home);
    expect(caught.get('state/browser/openclaw/user-data/History')?.content.toString('latin1', 0, 13)).toBe(
      'SQLite format',
    );
    expect(capture.warnings).toMatchObject([
      { severity: 'note', message: expect.stringContaining('in use') as string },
    ]);
  });

  test('keeps copies of the databases that are counted afterwards, and of no others', async () => {
    await mkdir(join(home, 'state/state'), { recursive: true });
    makeDatabase(join(home, 'state/state/openclaw.sqlite'));
    makeDatabase(join(home, 'state/plugin.sqlite'));
    const { caught, capture } = await captured(home);
    expect(caught.get('state/plugin.sqlite')?.entry).toHaveProperty('sqlite');
    expect(capture.copies.of(join(home, 'state/plugin.sqlite'))).toBeNull();
    expect(await readdir(join(home, 'stage'))).toHaveLength(1);
  });

  test.each([
    ['is whole', false],
    ['is damaged', true],
  ])('looks a large database through in another thread, and knows whether it %s', async (_, isDamaged) => {
    await mkdir(join(home, 'state/state'), { recursive: true });
    const path = join(home, 'state/state/openclaw.sqlite');
    using database = makeDatabase(path, { open: true });
    database.exec('CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(33000000))');
    database.exec('CREATE TABLE texts (x); INSERT INTO texts VALUES (hex(randomblob(20000)))');
    database.close();
    if (isDamaged) {
      const file = await open(path, 'r+');
      await file.write(Buffer.alloc(8192, 0xff), 0, 8192, 4096);
      await file.close();
    }
    const { caught, capture } = await captured(home);
    capture.copies.remove();
    await capture.copies.removed;
    expect(caught.get('state/state/openclaw.sqlite')?.content.equals(await readFile(path))).toBe(true);
    expect(capture.warnings).toMatchObject(isDamaged ? [{ severity: 'damage' }] : []);
    expect(await readdir(join(home, 'stage'))).toEqual([]);
  });

  test('counts the messages of what it captures of a transcript, not of what becomes of it', async () => {
    const message = '{"type":"message","id":1}\n';
    const sessions = 'agents/main/sessions';
    await tree(join(home, 'state'), {
      [`${sessions}/small.jsonl`]: message.repeat(3),
      [`${sessions}/large.jsonl`]: message.repeat(100_000),
      [`${sessions}/notes.txt`]: message,
    });
    const { capture } = await captured(home, {
      on: (path, moment) => {
        if (moment === 'reading') appendFileSync(join(home, path), message);
      },
    });
    const counted = ['small', 'large'].map((name) => capture.transcripts.messages(`${sessions}/${name}.jsonl`));
    expect(counted).toEqual([3, 100_000]);
    expect(capture.transcripts.messages(`${sessions}/notes.txt`)).toBeNull();
    expect(capture.transcripts.messages(`${sessions}/gone.jsonl`)).toBeNull();
  });

  test('tells of a copy as soon as there is one, and that there is none when it has ended', async () => {
    await mkdir(join(home, 'state/state'), { recursive: true });
    makeDatabase(join(home, 'state/state/openclaw.sqlite'));
    const expected: Promise<string | null>[] = [];
    const { capture } = await captured(home, {
      onBegin: ({ copies }) => {
        for (const name of ['openclaw.sqlite', 'none.sqlite'])
          expected.push(copies.expect(join(home, 'state/state', name)));
      },
    });
    const copy = capture.copies.of(join(home, 'state/state/openclaw.sqlite'));
    expect(copy).not.toBeNull();
    expect(await Promise.all(expected)).toEqual([copy, null]);
  });

  test('says which links lead out of their root and which do not', async () => {
    await tree(join(home, 'state'), {
      'a/file': 'x',
      inside: { link: 'a/file' },
      'a/up': { link: '../inside' },
      absolute: { link: '/etc/passwd' },
      escapes: { link: '../elsewhere' },
      dangling: { link: 'a/nothing' },
    });
    const { caught } = await captured(home);
    const outside = Object.fromEntries(
      [...caught].flatMap(([path, { entry }]) => (entry.type === 'symlink' ? [[path, entry.outside]] : [])),
    );
    expect(outside).toEqual({
      'state/inside': false,
      'state/a/up': false,
      'state/dangling': false,
      'state/absolute': true,
      'state/escapes': true,
    });
  });

  test('leaves sockets and pipes out and says why', async () => {
    await tree(join(home, 'state'), { file: 'x' });
    execFileSync('mkfifo', [join(home, 'state/pipe')]);
    const server = createServer().listen(join(home, 'state/socket'));
    try {
      const { caught, capture } = await captured(home, { diet: { include: ['**'] } });
      expect([...caught.keys()]).toEqual(['state', 'state/file']);
      expect(capture.excluded).toEqual([
        { path: 'state/pipe', reason: 'named pipe of a running process', bytes: 0 },
        { path: 'state/socket', reason: 'socket of a running process', bytes: 0 },
      ]);
    } finally {
      server.close();
    }
  });

  test('warns of damage for what it may not read, and captures the rest', async () => {
    await tree(join(home, 'state'), { readable: 'x', secret: 'x', 'closed/inside': 'x' });
    await chmod(join(home, 'state/secret'), 0);
    await chmod(join(home, 'state/closed'), 0);
    const { caught, capture } = await unprivileged(home, () => captured(home));
    await chmod(join(home, 'state/closed'), 0o700);
    expect([...caught.keys()]).toEqual(['state', 'state/closed', 'state/readable']);
    expect(capture.warnings).toEqual([
      { path: 'state/secret', message: 'cannot be read: EACCES', severity: 'damage' },
      { path: 'state/closed', message: 'cannot be read: EACCES', severity: 'damage' },
    ]);
  });

  test('warns of a name that is not UTF-8, which no archive of ours can carry', async () => {
    await tree(join(home, 'state'), { 'ünïcödé ☃': 'x' });
    await writeFile(Buffer.concat([Buffer.from(join(home, 'state/latin-')), Buffer.from([0xe9])]), 'x');
    const { caught, capture } = await captured(home);
    expect([...caught.keys()]).toEqual(['state', 'state/ünïcödé ☃']);
    expect(capture.warnings).toMatchObject([{ message: 'left out: its name is not UTF-8', severity: 'damage' }]);
  });

  test('follows a state directory that is itself a link', async () => {
    await tree(join(home, 'real'), { 'openclaw.json': '{}', 'a/b': 'x' });
    await symlink('real', join(home, 'state'));
    const { caught } = await captured(home, { configFiles: [join(home, 'state/openclaw.json')] });
    expect([...caught.keys()]).toEqual(['state/openclaw.json', 'state', 'state/a', 'state/a/b']);
    expect(caught.get('state')?.entry.type).toBe('directory');
  });

  test('keeps several roots apart, a single file among them', async () => {
    await tree(home, { 'state/a': 'x', 'work/a': 'y', 'etc/openclaw.json': '{}' });
    const config = join(home, 'etc/openclaw.json');
    const { caught } = await captured(home, {
      roots: [
        stateRoot(home),
        { name: 'workspace-1', kind: 'workspace', path: join(home, 'work'), type: 'directory' },
        { name: 'config', kind: 'config', path: config, type: 'file' },
      ],
      configFiles: [config],
    });
    expect([...caught.keys()]).toEqual(['config', 'state', 'state/a', 'workspace-1', 'workspace-1/a']);
    expect(caught.get('workspace-1/a')?.content.toString()).toBe('y');
  });

  test('records modes, owners, times and empty directories', async () => {
    await tree(join(home, 'state'), { file: 'x', empty: null });
    await chmod(join(home, 'state/file'), 0o640);
    await chmod(join(home, 'state/empty'), 0o500);
    const stats = await lstat(join(home, 'state/file'));
    const { caught } = await captured(home);
    const { uid, gid } = stats;
    expect(caught.get('state/file')?.entry).toMatchObject({ mode: 0o640, uid, gid, mtime: Math.floor(stats.mtimeMs) });
    expect(caught.get('state/empty')?.entry).toMatchObject({ type: 'directory', mode: 0o500 });
  });

  test.each([
    ['no file', {}],
    ['nothing but what is left out', { 'logs/a.log': 'x' }],
  ])('refuses a state directory with %s', async (_, files) => {
    await mkdir(join(home, 'state'));
    await tree(join(home, 'state'), files);
    await expect(captured(home)).rejects.toMatchObject({ code: 'STATE' });
  });
});

describe('while files change', () => {
  test('one that vanishes before its turn is a note, and nothing else is lost', async () => {
    await tree(join(home, 'state'), { a: 'x', b: 'x', c: 'x', link: { link: 'a' } });
    const { caught, capture } = await captured(home, {
      on: async (path, moment) => {
        if (path !== 'state/a' || moment !== 'found') return;
        await rm(join(home, 'state/b'));
        await rm(join(home, 'state/link'));
      },
    });
    expect([...caught.keys()]).toEqual(['state', 'state/a', 'state/c']);
    expect(capture.warnings).toEqual([
      { path: 'state/b', message: 'vanished while it was captured', severity: 'note' },
      { path: 'state/link', message: 'vanished while it was captured', severity: 'note' },
    ]);
  });

  test('one whose place a link or a pipe takes is not followed and not waited for', async () => {
    await tree(join(home, 'state'), { a: 'x', b: 'x', c: 'x' });
    const { caught, capture } = await captured(home, {
      onLook: (path) => {
        if (path === 'state/a') return;
        rmSync(join(home, path));
        if (path === 'state/b') symlinkSync('/etc/passwd', join(home, path));
        else execFileSync('mkfifo', [join(home, path)]);
      },
    });
    expect(caught.has('state/b')).toBe(false);
    expect(caught.get('state/c')?.content.length ?? 0).toBe(0);
    expect(capture.warnings).toContainEqual(expect.objectContaining({ path: 'state/b', severity: 'damage' }));
  });

  test('a large one that grows is captured as long as it was, with a note', async () => {
    await tree(join(home, 'state'), { large: Buffer.alloc(3 * MiB, 1) });
    const { caught, capture } = await captured(home, {
      on: (_, moment) =>
        moment === 'reading' ? writeFile(join(home, 'state/large'), 'more', { flag: 'a' }) : undefined,
    });
    expect(caught.get('state/large')?.content.equals(Buffer.alloc(3 * MiB, 1))).toBe(true);
    expect(capture.warnings).toEqual([{ path: 'state/large', message: 'changed while it was read', severity: 'note' }]);
  });

  test('a large one that becomes shorter ends in zeros, with a warning of damage', async () => {
    await tree(join(home, 'state'), { large: Buffer.alloc(3 * MiB, 1) });
    const { caught, capture } = await captured(home, {
      on: (_, moment) => (moment === 'reading' ? truncate(join(home, 'state/large'), MiB) : undefined),
    });
    const expected = Buffer.concat([Buffer.alloc(MiB, 1), Buffer.alloc(2 * MiB)]);
    expect(caught.get('state/large')?.content.equals(expected)).toBe(true);
    expect(capture.warnings).toMatchObject([{ path: 'state/large', severity: 'damage' }]);
  });

  test('one that is replaced while it is read is captured as it was when it was opened', async () => {
    await tree(join(home, 'state'), { large: Buffer.alloc(3 * MiB, 1), new: Buffer.alloc(3 * MiB, 2) });
    const { caught } = await captured(home, {
      on: (path, moment) =>
        moment === 'reading' && path === 'state/large'
          ? rename(join(home, 'state/new'), join(home, 'state/large'))
          : undefined,
    });
    expect(caught.get('state/large')?.content.equals(Buffer.alloc(3 * MiB, 1))).toBe(true);
  });
});
