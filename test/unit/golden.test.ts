import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fileStorage } from '../../src/adapters/storage/file.ts';
import { Snapshot } from '../../src/core/archive/snapshot.ts';
import { catalog } from '../../src/core/catalog.ts';
import { parseSignerKey } from '../../src/core/keys/signer-key.ts';
import { openWhole } from '../../src/core/open-held.ts';
import { runCli, type CliResult } from '../support/cli.ts';
import { golden, type Golden, goldenOf } from '../support/golden.ts';
import { sourceOf } from '../support/snapshots.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const differential = goldenOf(2);

describe('the golden snapshot of format 1', () => {
  it('has the manifest and the file list that it was made with', async () => {
    const snapshot = await opened();
    expect(snapshot.signer).toBe(golden.signer);
    expect(snapshot.manifest).toEqual(golden.manifest);
    expect(await snapshot.entries()).toEqual(golden.entries);
  });

  it('is whole, to the last hash', async () => {
    const { code, stdout } = await clawback('verify', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ results: [{ ok: true, level: 'full', problems: [] }] });
    expect(code).toBe(0);
  });

  it('gives single files back, whatever their names', async () => {
    const odd = golden.entries.find(({ path }) => path.endsWith('naïve 🦞.txt'))?.path ?? '';
    expect(Buffer.byteLength(odd)).toBeGreaterThan(255);
    expect((await clawback('cat', 'latest', odd)).stdout).toBe('found\n');
    expect((await clawback('cat', 'latest', 'state/workspace/MEMORY.md')).stdout).toBe('# what the agent remembers\n');
  });

  it('is restored: databases, links, times, modes and the sealed environment', async () => {
    await using place = await temporaryDirectory();
    const target = join(place.path, 'restored');
    expect(await clawback('restore', '--no-drill', '--target', target)).toMatchObject({ code: 0, stderr: '' });
    using database = new DatabaseSync(join(target, 'state', 'openclaw.sqlite'));
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(await readlink(join(target, 'workspace', 'link inside'))).toBe('MEMORY.md');
    expect(await readlink(join(target, 'workspace', 'link outside'))).toBe('/usr/share/zoneinfo');
    const empty = await stat(join(target, 'workspace', 'empty'));
    expect([empty.size, empty.mtimeMs]).toEqual([0, 1_000_000_000_123]);
    const environment = parseEnv(await readFile(join(target, '.env'), 'utf8'));
    expect(environment['OPENCLAW_GATEWAY_TOKEN']).toBe('golden token');
  });
});

describe('the golden snapshot of format 2', () => {
  it('has the manifest that it was made with, and restores to the files that it was made with', async () => {
    const snapshot = await opened(differential);
    expect(snapshot.manifest).toEqual(differential.manifest);
    const identities = await identitiesOf(differential);
    const storage = fileStorage(new URL(`file://${differential.storage}`));
    const { signal } = new AbortController();
    const [newest] = (await catalog([{ name: 'golden', storage }], null, signal)).snapshots;
    if (newest === undefined) throw new Error('the golden snapshot is gone');
    const trust = { signers: [parseSignerKey(differential.signer)], allowUnsigned: false };
    const whole = await openWhole(newest, { keyring: { identities }, trust, signal, onLeave: () => undefined });
    expect(await whole.entries()).toEqual(differential.entries);
  });

  it('is whole, to the last hash', async () => {
    const { code, stdout } = await from(differential, 'verify', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ results: [{ ok: true, level: 'full', problems: [] }] });
    expect(code).toBe(0);
  });

  it('is restored: what changed, moved, came and went since its base', async () => {
    await using place = await temporaryDirectory();
    const target = join(place.path, 'restored');
    expect(await from(differential, 'restore', '--no-drill', '--target', target)).toMatchObject({
      code: 0,
      stderr: '',
    });
    const workspace = join(target, 'workspace');
    using database = new DatabaseSync(join(workspace, 'notes.sqlite'));
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(database.prepare('SELECT text FROM notes WHERE id IN (700, 1001)').all()).toEqual([
      { text: 'changed' },
      { text: 'new' },
    ]);
    expect((await readFile(join(workspace, 'log.jsonl'), 'utf8')).slice(1_200_000)).toBe('one more\n');
    expect(await readFile(join(workspace, 'moved.bin'))).toEqual(Buffer.alloc(1_100_000, 'large '));
    expect(await readFile(join(workspace, "what's new"), 'utf8')).toBe('new\n');
    expect((await stat(join(workspace, 'MEMORY.md'))).mode & 0o777).toBe(0o600);
    const names = await readdir(workspace);
    expect(names).not.toContain('large.bin');
    expect(names).not.toContain('empty');
  });
});

async function opened({ file, signer, ...kept }: Golden = golden): Promise<Snapshot> {
  const trust = { signers: [parseSignerKey(signer)], allowUnsigned: false };
  return Snapshot.open(sourceOf(await readFile(file)), { identities: await identitiesOf(kept) }, trust);
}

async function identitiesOf({ identity }: Pick<Golden, 'identity'>): Promise<string[]> {
  return (await readFile(identity, 'utf8')).split('\n').filter((line) => line.startsWith('AGE-'));
}

function clawback(...words: string[]): Promise<CliResult> {
  return from(golden, ...words);
}

function from({ storage, identity }: Golden, ...words: string[]): Promise<CliResult> {
  return runCli([...words, '--from', storage, '--identity', identity], { env: { HOME: '/nonexistent' } });
}
