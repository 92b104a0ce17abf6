import { appendFile, chmod, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../../src/adapters/storage/memory.ts';
import type { Listed } from '../../../../src/core/archive/manifest.ts';
import type { Snapshot } from '../../../../src/core/archive/snapshot.ts';
import { backup, type BackupOutcome, type BackupRequest } from '../../../../src/core/backup.ts';
import { TarThread } from '../../../../src/core/capture/tar-thread.ts';
import { catalog } from '../../../../src/core/catalog.ts';
import { openWhole } from '../../../../src/core/open-held.ts';
import type { Storage } from '../../../../src/ports/storage.ts';
import { away } from '../../../support/away.ts';
import { noHooks } from '../../../support/no-hooks.ts';
import { bufferOf, IDENTITY, RECIPIENT, SIGNING_SECRET, TRUST } from '../../../support/snapshots.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { hostWith } from '../openclaw/host.ts';

const MiB = 1024 * 1024;
const NEVER = new AbortController().signal;
const FREE = { acquire: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }) };

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let live: string;
let storage: Storage;
let second = 0;

beforeEach(async () => {
  scope = await temporaryDirectory();
  live = join(scope.path, '.openclaw');
  storage = memoryStorage();
  await mkdir(live);
  await writeFile(join(live, 'openclaw.json'), '{}');
  await writeFile(join(live, 'note'), 'a note');
});

afterEach(() => scope[Symbol.asyncDispose]());

/** In the future, so that every file is old enough for its times to tell whether it was touched. */
async function taken(request: Partial<BackupRequest> = {}): Promise<BackupOutcome> {
  const createdAt = `2100-01-01T00:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second++ % 60).padStart(2, '0')}Z`;
  await using thread = new TarThread();
  return await backup(
    {
      ...{ host: hostWith(scope.path, {}), stateDir: null, instance: 'prod-1', createdAt, environment: 'sealed' },
      begunAt: Date.parse(createdAt),
      ...{ recipients: [RECIPIENT], signingSecret: SIGNING_SECRET, destinations: [{ name: 'nas', storage }] },
      ...{ catchUp: true, diet: { exclude: [], include: [], own: [] }, workDir: join(scope.path, 'work') },
      canary: null,
      full: { every: Infinity, whenDifferentialExceeds: Infinity },
      ...request,
    },
    { lock: FREE, thread, hooks: noHooks, onBytes: () => undefined },
    NEVER,
  );
}

async function opened({ snapshot }: BackupOutcome): Promise<Snapshot> {
  const { snapshots } = await catalog([{ name: 'nas', storage }], null, NEVER);
  const held = snapshots.find(({ id }) => id === snapshot.id);
  if (held === undefined) throw new Error('not stored');
  const opening = { keyring: { identities: [IDENTITY] }, trust: TRUST, signal: NEVER, onLeave: () => undefined };
  return openWhole(held, opening);
}

/** Lines of the newest snapshot's own list, without the directories, whose times change with what is in them. */
async function changes(): Promise<Listed[]> {
  const outcome = await taken();
  expect(outcome.snapshot.kind).toBe('differential');
  return (await (await opened(outcome)).listed()).filter(({ type }) => type !== 'directory');
}

async function contentOf(snapshot: Snapshot, path: string): Promise<Buffer> {
  const [entry] = await snapshot.entriesAt(path);
  if (entry?.type !== 'file') throw new Error(`no file ${path}`);
  return bufferOf(snapshot.content(entry));
}

describe('a differential snapshot', () => {
  test('of what has not changed lists nothing', async () => {
    await taken();
    expect(await changes()).toEqual([]);
  });

  test('does not read a file whose times and size have not changed, though its content has', async () => {
    const path = join(live, 'note');
    await utimes(path, 1, 1);
    await taken();
    const { ctimeMs } = await stat(path);
    // No program can set ctime; so this shows that it decides.
    await writeFile(path, 'b note');
    await utimes(path, 1, 1);
    expect((await stat(path)).ctimeMs).toBeGreaterThan(ctimeMs);
    expect(await changes()).toMatchObject([{ path: 'state/note', type: 'file', offset: expect.any(Number) as number }]);
  });

  test('holds changed and new small files whole, and names those that are gone', async () => {
    await writeFile(join(live, 'gone'), 'x');
    await taken();
    await writeFile(join(live, 'note'), 'another');
    await writeFile(join(live, 'new'), 'new');
    await rm(join(live, 'gone'));
    expect(await changes()).toMatchObject([
      { path: 'state/gone', type: 'removed' },
      { path: 'state/new', offset: expect.any(Number) as number },
      { path: 'state/note', offset: expect.any(Number) as number },
    ]);
  });

  test('lists the directories above a change as they were, so that no tool makes them open to everybody', async () => {
    const closed = join(live, 'closed/inner');
    await mkdir(closed, { recursive: true });
    await mkdir(join(live, 'other'));
    await writeFile(join(closed, 'secret'), 'one');
    for (const path of ['closed/inner', 'closed', 'other', '.']) {
      await chmod(join(live, path), 0o700);
      await utimes(join(live, path), 1, 1);
    }
    await taken();
    // In place: the directory itself does not change.
    await writeFile(join(closed, 'secret'), 'two');
    const outcome = await taken();
    const listed = await (await opened(outcome)).listed();
    expect(listed.map(({ path }) => path)).toEqual([
      'state',
      'state/closed',
      'state/closed/inner',
      'state/closed/inner/secret',
    ]);
    expect(listed.filter(({ type }) => type === 'directory')).toMatchObject([
      { mode: 0o700, mtime: 1000 },
      { mode: 0o700, mtime: 1000 },
      { mode: 0o700, mtime: 1000 },
    ]);
  });

  test('makes a moved file, and one with another mode alone, of the base', async () => {
    await writeFile(join(live, 'large'), Buffer.alloc(2 * MiB, 'large '));
    await taken();
    await rename(join(live, 'large'), join(live, 'moved'));
    await chmod(join(live, 'note'), 0o640);
    expect(await changes()).toMatchObject([
      { path: 'state/large', type: 'removed' },
      { path: 'state/moved', from: 'state/large' },
      { path: 'state/note', from: 'state/note', mode: 0o640 },
    ]);
  });

  test('holds of a large file the blocks that have changed, of one that grew its end', async () => {
    const path = join(live, 'log.jsonl');
    await writeFile(path, Buffer.alloc(5 * MiB, 'line\n'));
    await taken();
    await appendFile(path, 'one more\n');
    const outcome = await taken();
    const snapshot = await opened(outcome);
    expect((await snapshot.listed()).find(({ type }) => type === 'file')).toMatchObject({
      from: 'state/log.jsonl',
      blocks: { size: 65_536, runs: [[80, 1]] },
    });
    expect(outcome.snapshot.bytes).toBeLessThan(20_000);
    expect(await contentOf(snapshot, 'state/log.jsonl')).toEqual(await readFile(path));
  });

  test('holds of a database the pages that have changed, and of one that nobody touched nothing', async () => {
    using busy = new DatabaseSync(join(live, 'busy.sqlite'));
    busy.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (text); BEGIN');
    const insert = busy.prepare('INSERT INTO rows VALUES (?)');
    for (let row = 0; row < 3000; row++) insert.run(`row ${row} `.repeat(100));
    busy.exec('COMMIT');
    using idle = new DatabaseSync(join(live, 'idle.sqlite'));
    idle.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (text)');
    await taken();
    insert.run('one more');
    const outcome = await taken();
    const snapshot = await opened(outcome);
    const [entry, ...others] = (await snapshot.listed()).filter(({ type }) => type === 'file');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ from: 'state/busy.sqlite', blocks: { size: 4096 }, sqlite: { integrity: 'ok' } });
    const blocks = snapshot.manifest.attachments.find(({ path }) => path === 'clawback/blocks/0');
    expect(blocks?.size).toBeLessThan(10 * 4096);
    const copy = join(scope.path, 'copy.sqlite');
    await writeFile(copy, await contentOf(snapshot, 'state/busy.sqlite'));
    using restored = new DatabaseSync(copy);
    expect(restored.prepare('SELECT count(*) AS rows FROM rows').get()).toEqual({ rows: 3001 });
  });

  test('holds a large file whole that has changed in most places', async () => {
    await writeFile(join(live, 'large'), Buffer.alloc(2 * MiB, 'before'));
    await taken();
    await writeFile(join(live, 'large'), Buffer.alloc(2 * MiB, 'after!'));
    expect(await changes()).toMatchObject([
      { path: 'state/large', size: 2 * MiB, offset: expect.any(Number) as number },
    ]);
  });

  test('that finds no longer what the base captured is a full one', async () => {
    await taken();
    await writeFile(join(scope.path, 'work/bases/prod-1', await treeFile()), 'rotten');
    expect((await taken()).snapshot.kind).toBe('full');
    expect((await taken()).snapshot.kind).toBe('differential');
  });
});

async function treeFile(): Promise<string> {
  const base = JSON.parse(await readFile(join(scope.path, 'work/bases/prod-1/base.json'), 'utf8')) as { id: string };
  return `${base.id}.tree`;
}

describe('a full snapshot is taken', () => {
  const kind = async (request: Partial<BackupRequest> = {}): Promise<string> => (await taken(request)).snapshot.kind;

  test('first, when it is asked for, and when the last one is old', async () => {
    expect(await kind()).toBe('full');
    expect(await kind({ full: 'always' })).toBe('full');
    expect(await kind({ full: { every: 60_000, whenDifferentialExceeds: 1 } })).toBe('differential');
    expect(await kind({ full: { every: 1000, whenDifferentialExceeds: 1 } })).toBe('full');
  });

  test('when the differential ones have become large, and after that not', async () => {
    const policy = { every: Infinity, whenDifferentialExceeds: 0.1 };
    expect(await kind({ full: policy })).toBe('full');
    await writeFile(join(live, 'much'), Buffer.alloc(MiB, 'x'));
    expect(await kind({ full: policy })).toBe('differential');
    expect(await kind({ full: policy })).toBe('full');
  });

  test('when other people may open it, or another key signs it', async () => {
    expect(await kind()).toBe('full');
    const other = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
    expect(await kind({ recipients: [RECIPIENT, other] })).toBe('full');
    expect(await kind({ recipients: [other, RECIPIENT] })).toBe('differential');
    expect(await kind({ recipients: [RECIPIENT] })).toBe('full');
  });

  test('when a destination lacks the base, but not because one is away', async () => {
    const other = memoryStorage();
    const both = [
      { name: 'nas', storage },
      { name: 'offsite', storage: other },
    ];
    expect(await kind()).toBe('full');
    expect(await kind({ destinations: both })).toBe('full');
    expect(await kind({ destinations: both })).toBe('differential');
    const absent = [
      { name: 'nas', storage },
      { name: 'offsite', storage: away(other) },
    ];
    expect(await kind({ destinations: absent })).toBe('differential');
    for await (const { key } of other.list('')) if (key.includes('.full.')) await other.delete(key);
    expect(await kind({ destinations: both })).toBe('full');
  });
});
