import { readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Snapshot } from '../../src/core/archive/snapshot.ts';
import { parseSignerKey } from '../../src/core/keys/signing.ts';
import { runCli, type CliResult } from '../support/cli.ts';
import { golden } from '../support/golden.ts';
import { sourceOf } from '../support/snapshots.ts';
import { temporaryDirectory } from '../support/temporary.ts';

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

async function opened(): Promise<Snapshot> {
  const identities = (await readFile(golden.identity, 'utf8')).split('\n').filter((line) => line.startsWith('AGE-'));
  const trust = { signers: [parseSignerKey(golden.signer)], allowUnsigned: false };
  return Snapshot.open(sourceOf(await readFile(golden.file)), { identities }, trust);
}

function clawback(...words: string[]): Promise<CliResult> {
  return runCli([...words, '--from', golden.storage, '--identity', golden.identity], { env: { HOME: '/nonexistent' } });
}
