import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../../../src/core/archive/manifest.ts';
import { readTar } from '../../../../src/core/archive/read-tar.ts';
import { Disturbed } from '../../../../src/core/capture/disturbed.ts';
import type { TarJob } from '../../../../src/core/capture/tar-job.ts';
import { TarThread } from '../../../../src/core/capture/tar-thread.ts';
import { understand } from '../../../../src/core/capture/understand.ts';
import { SIGNING_SECRET } from '../../../support/snapshots.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { hostWith } from '../openclaw/host.ts';

const MiB = 1024 * 1024;
const NEVER = new AbortController().signal;

async function jobIn(home: string): Promise<TarJob> {
  const stateDir = join(home, '.openclaw');
  await tree(stateDir, {
    'openclaw.json': '{}',
    'workspace/large': Buffer.alloc(9 * MiB, 'large '),
    ...Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`workspace/${index}`, 'x'.repeat(index)])),
  });
  const host = hostWith(home, {});
  const understood = await understand({ host, stateDir, destinations: [] });
  const stage = join(home, 'stage');
  await mkdir(stage);
  const facts = { instance: 'test', createdAt: '2026-11-22T20:34:37Z', clawbackVersion: '0', host } as const;
  const diet = { exclude: [], include: [], own: [] };
  const place = { begunAt: Date.now(), readsInPlace: true, stage, base: null, tree: join(stage, 'tree') };
  return { ...facts, ...place, environment: 'sealed', understood, diet, signingSecret: SIGNING_SECRET, canary: null };
}

describe('TarThread', () => {
  test('writes a whole tar, tells the manifest and every byte of it, with few frames on their way', async () => {
    await using home = await temporaryDirectory();
    const job = await jobIn(home.path);
    await using thread = new TarThread();
    const manifests: Manifest[] = [];
    let read = 0;
    async function* copied(): AsyncGenerator<Uint8Array> {
      const writing = {
        signal: NEVER,
        onBytes: (bytes: number) => (read += bytes),
        onManifest: (manifest: Manifest) => manifests.push(manifest),
      };
      for await (const frame of thread.frames(job, writing)) {
        yield Uint8Array.from(frame);
        thread.done(frame);
      }
    }
    const sizes = new Map<string, number>();
    for await (const { path, size } of readTar(copied())) sizes.set(path, size);
    expect(sizes.get('payload/state/workspace/large')).toBe(9 * MiB);
    expect(sizes.get('payload/state/workspace/2999')).toBe(2999);
    expect(manifests).toHaveLength(1);
    expect(manifests[0]?.files.files).toBe(3002);
    expect(read).toBe(manifests[0]?.files.bytes);
  });

  test('an error keeps its code and hint', async () => {
    await using home = await temporaryDirectory();
    const job = await jobIn(home.path);
    await rm(join(home.path, '.openclaw'), { recursive: true });
    await using thread = new TarThread();
    const writing = { signal: NEVER, onBytes: () => undefined, onManifest: () => undefined };
    await expect(thread.frames(job, writing).next()).rejects.toMatchObject({
      code: 'STATE',
      message: expect.stringContaining('nothing to back up') as string,
      hint: expect.stringContaining('stateDir') as string,
    });
  });

  test('says which database was opened that it read where it lies', async () => {
    await using home = await temporaryDirectory();
    const { begunAt, ...job } = await jobIn(home.path);
    const path = join(home.path, '.openclaw/state/openclaw.sqlite');
    await mkdir(dirname(path));
    const open = (): DatabaseSync => new DatabaseSync(path);
    using made = open();
    // More than may be on its way: it is not read to its end before somebody asks for the next frame.
    made.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(40000000))');
    made.close();
    await using thread = new TarThread();
    const writing = { signal: NEVER, onBytes: () => undefined, onManifest: () => undefined };
    const frames = thread.frames({ ...job, begunAt: begunAt + 60_000 }, writing);
    expect((await frames.next()).done).toBe(false);
    using writer = open();
    writer.exec('DELETE FROM t');
    const rest = async (): Promise<void> => {
      for await (const frame of frames) thread.done(frame);
    };
    await expect(rest()).rejects.toThrow(new Disturbed(path));
  });

  test('ends at once when it is interrupted, even while nobody takes its frames', async () => {
    await using home = await temporaryDirectory();
    const job = await jobIn(home.path);
    await using thread = new TarThread();
    const interrupt = new AbortController();
    const writing = { signal: interrupt.signal, onBytes: () => undefined, onManifest: () => undefined };
    const frames = thread.frames(job, writing);
    expect((await frames.next()).done).toBe(false);
    interrupt.abort();
    const rest = async (): Promise<void> => {
      while ((await frames.next()).done !== true);
    };
    await expect(rest()).rejects.toMatchObject({ name: 'AbortError' });
    await expect(thread.frames(job, writing).next()).rejects.toMatchObject({ name: 'AbortError' });
  });
});
