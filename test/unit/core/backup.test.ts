import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileStorage } from '../../../src/adapters/storage/file.ts';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import { Snapshot } from '../../../src/core/archive/snapshot.ts';
import { storedSource } from '../../../src/core/archive/stored.ts';
import { noHooks } from '../../support/no-hooks.ts';
import { backup, type BackupOutcome, type BackupRequest } from '../../../src/core/backup.ts';
import { TarThread } from '../../../src/core/capture/tar-thread.ts';
import type { InstanceLock } from '../../../src/ports/lock.ts';
import { ClawbackError } from '../../../src/ports/errors.ts';
import type { Storage } from '../../../src/ports/storage.ts';
import { away } from '../../support/away.ts';
import { IDENTITY, RECIPIENT, SIGNING_SECRET, TRUST } from '../../support/snapshots.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';
import { hostWith } from './openclaw/host.ts';

const FREE: InstanceLock = { acquire: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }) };

let home: string;
let storage: Storage;
let scope: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  scope = await temporaryDirectory();
  home = scope.path;
  storage = memoryStorage();
  await tree(join(home, '.openclaw'), {
    'openclaw.json': "{ gateway: { auth: { token: '${OPENCLAW_GATEWAY_TOKEN}' } } }",
    'workspace/MEMORY.md': 'remember',
    'logs/gateway.log': 'x',
  });
});

afterEach(() => scope[Symbol.asyncDispose]());

interface Setting extends Partial<BackupRequest> {
  readonly lock?: InstanceLock;
  readonly signal?: AbortSignal;
  readonly onBytes?: () => void;
}

async function taken({
  lock = FREE,
  signal = new AbortController().signal,
  onBytes = () => undefined,
  ...request
}: Setting = {}): Promise<BackupOutcome> {
  await using thread = new TarThread();
  return await backup(
    {
      host: hostWith(home, { OPENCLAW_GATEWAY_TOKEN: 's3cret-token' }),
      stateDir: null,
      instance: 'prod-1',
      createdAt: '2026-11-22T20:34:37Z',
      begunAt: Date.now(),
      environment: 'sealed',
      recipients: [RECIPIENT],
      signingSecret: SIGNING_SECRET,
      canary: null,
      destinations: [{ name: 'nas', storage }],
      catchUp: true,
      diet: { exclude: [], include: [], own: [] },
      full: 'always',
      workDir: join(home, 'work'),
      ...request,
    },
    { lock, thread, hooks: noHooks, onBytes },
    signal,
  );
}

function openStored({ snapshot }: BackupOutcome): Promise<Snapshot> {
  return Snapshot.open(storedSource(storage, snapshot), { identities: [IDENTITY] }, TRUST);
}

/** Files in Clawback's own directory, but for what it remembers of the last full snapshot. */
async function leftovers(): Promise<string[]> {
  const entries = await readdir(join(home, 'work'), { recursive: true, withFileTypes: true });
  const isKept = ({ parentPath }: { parentPath: string }): boolean => parentPath.endsWith('/bases/prod-1');
  return entries.filter((entry) => !entry.isDirectory() && !isKept(entry)).map(({ name }) => name);
}

describe('a backup', () => {
  test('puts one snapshot into the storage that holds the installation, and leaves nothing behind', async () => {
    const outcome = await taken();
    const snapshot = await openStored(outcome);
    expect((await snapshot.entries()).map(({ path }) => path)).toEqual([
      'state',
      'state/openclaw.json',
      'state/workspace',
      'state/workspace/MEMORY.md',
    ]);
    expect(snapshot.manifest).toEqual(outcome.manifest);
    expect(snapshot.manifest).toMatchObject({
      instance: 'prod-1',
      createdAt: '2026-11-22T20:34:37Z',
      excluded: [{ path: 'state/logs', reason: 'logs', bytes: 1 }],
      token: { mode: 'token', fingerprint: expect.stringMatching(/^scrypt:/) as string },
    });
    expect(outcome.deliveries).toMatchObject([{ name: 'nas', ok: true }]);
    expect(outcome.digest.startsWith(outcome.snapshot.digest16)).toBe(true);
    expect(await leftovers()).toEqual([]);
  });

  test('seals the values that the installation depends on, or their names alone', async () => {
    const sealed = await openStored(await taken());
    expect((await sealed.attachment('clawback/environment.env'))?.toString()).toContain('s3cret-token');
    const later = { createdAt: '2026-11-22T21:34:37Z', environment: 'names' } as const;
    const named = await openStored(await taken(later));
    expect(await named.attachment('clawback/environment.env')).toBeNull();
    expect(named.manifest.environment).toContainEqual(
      expect.objectContaining({ name: 'OPENCLAW_GATEWAY_TOKEN', sealed: false }),
    );
  });

  test('never says the token in clear in what its result holds', async () => {
    const { manifest, deliveries, warnings } = await taken();
    expect(JSON.stringify({ manifest, deliveries, warnings })).not.toContain('s3cret-token');
  });

  test('refuses zero recipients before anything is written', async () => {
    await expect(taken({ recipients: [] })).rejects.toMatchObject({ code: 'CONFIG' });
    expect(await leftovers()).toEqual([]);
    expect(await Array.fromAsync(storage.list(''))).toEqual([]);
  });

  test('refuses a destination inside what it captures', async () => {
    const inside = fileStorage(pathToFileURL(join(home, '.openclaw/backups')));
    await expect(taken({ destinations: [{ name: 'inside', storage: inside }] })).rejects.toMatchObject({
      code: 'CONFIG',
    });
  });

  test('refuses a state directory that is missing or empty', async () => {
    await rm(join(home, '.openclaw'), { recursive: true });
    await expect(taken()).rejects.toMatchObject({ code: 'STATE' });
    await tree(home, { '.openclaw': null });
    await expect(taken()).rejects.toMatchObject({ code: 'STATE' });
    expect(await leftovers()).toEqual([]);
  });

  test('reads nothing while another run holds the lock', async () => {
    const lock = { acquire: () => Promise.reject(new ClawbackError('LOCKED', 'held')) };
    await expect(taken({ lock })).rejects.toMatchObject({ code: 'LOCKED' });
    expect(await readdir(home)).toEqual(['.openclaw']);
  });

  test('keeps a snapshot that no destination took, and the next one delivers both', async () => {
    const nas = away(storage);
    const destinations = [{ name: 'nas', storage: nas }];
    const first = await taken({ destinations });
    expect(first.deliveries).toMatchObject([{ ok: false, error: { code: 'UNAVAILABLE' } }]);
    expect(await leftovers()).toHaveLength(1);
    nas.isBack = true;
    const second = await taken({ destinations, createdAt: '2026-11-22T21:34:37Z' });
    expect(second.deliveries).toMatchObject([{ ok: true, delivered: [second.snapshot.id, first.snapshot.id] }]);
    expect(await leftovers()).toEqual([]);
  });

  test('to some destinations alone keeps what the others still lack', async () => {
    const offsite = { name: 'offsite', storage: away(memoryStorage('memory://offsite')) };
    const first = await taken({ destinations: [{ name: 'nas', storage }, offsite] });
    await taken({ createdAt: '2026-11-22T21:34:37Z', catchUp: false });
    expect(await leftovers()).toEqual([first.snapshot.key.slice('prod-1/'.length)]);
  });

  test('begins again with copies if a database that it reads where it lies is opened meanwhile', async () => {
    const path = join(home, '.openclaw/state/openclaw.sqlite');
    await mkdir(dirname(path));
    using gateway = new DatabaseSync(path);
    gateway.exec('PRAGMA journal_mode = WAL; CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(40000000))');
    gateway.close();
    const begunAt = Date.now() + 60_000;
    let opened = 0;
    const outcome = await taken({
      begunAt,
      onBytes() {
        if (opened++ > 0) return;
        gateway.open();
        gateway.exec("CREATE TABLE written (x); INSERT INTO written VALUES ('in the second attempt')");
      },
    });
    gateway.close();
    const snapshot = await openStored(outcome);
    const [entry] = await snapshot.filesNamed(['state/state/openclaw.sqlite']);
    if (entry === undefined) throw new Error('the database is not in the snapshot');
    const copy = join(home, 'copy');
    await writeFile(copy, snapshot.content(entry));
    using restored = new DatabaseSync(copy);
    expect(restored.prepare('SELECT x FROM written').all()).toEqual([{ x: 'in the second attempt' }]);
    expect(restored.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(outcome.warnings).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  test('that is interrupted leaves nothing, in the storage and at home', async () => {
    await expect(taken({ signal: AbortSignal.abort() })).rejects.toThrow();
    expect(await leftovers()).toEqual([]);
    expect(await Array.fromAsync(storage.list(''))).toEqual([]);
  });
});
