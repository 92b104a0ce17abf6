import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compressFrames } from '../../../../src/core/archive/compress.ts';
import { seal } from '../../../../src/core/archive/sealed.ts';
import { extractAll } from '../../../../src/core/restore/extract-all.ts';
import { UnpackThreads } from '../../../../src/core/unpack/unpack-threads.ts';
import {
  bufferOf,
  CUT,
  directory,
  each,
  file,
  framed,
  opened,
  packed,
  RECIPIENT,
  symlink,
} from '../../../support/snapshots.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const MiB = 1024 * 1024;
const MANY = Array.from({ length: 500 }, (_, index) => ({
  ...file(`state/many/${index}`, 'x'.repeat(index * 7)),
  mode: 0o640,
}));
const LARGE = Buffer.alloc(37 * MiB, 'a large file, of more frames than may wait at once ');
const ENTRIES = [
  file('state/before its directory/database', 'first'),
  directory('state'),
  directory('state/before its directory'),
  directory('state/many'),
  ...MANY,
  file('state/empty', ''),
  file('state/large', LARGE),
  symlink('state/link', 'empty'),
  symlink('state/out', '/usr', { outside: true }),
];

interface Setting {
  readonly digest16?: string;
  readonly signal?: AbortSignal;
  /** Makes other compressed bytes of the tar, as another tool would. */
  readonly repack?: (tar: Buffer) => AsyncIterable<Uint8Array>;
}

/** Extracts a snapshot of all that into `into`. */
async function extracted(into: string, { digest16, signal = new AbortController().signal, repack }: Setting = {}) {
  const made = await packed(ENTRIES);
  const bytes = repack === undefined ? made.bytes : await repacked(made.bytes, repack);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const snapshot = await opened(bytes);
  let read = 0;
  await using threads = new UnpackThreads(signal);
  const finish = await extractAll(snapshot, {
    entries: await snapshot.entries(),
    digest16: digest16 ?? digest.slice(0, 16),
    places: new Map([['state', join(into, 'copy')]]),
    owners: false,
    threads,
    signal,
    onRead: (count) => (read += count),
  });
  return { finish, read, size: bytes.length };
}

async function repacked(bytes: Buffer, repack: (tar: Buffer) => AsyncIterable<Uint8Array>): Promise<Buffer> {
  const tar = await bufferOf((await opened(bytes)).tar.readAll(() => undefined));
  return bufferOf(seal(repack(tar), [RECIPIENT]));
}

/** Frames that end wherever they do. */
const recut = (tar: Buffer): AsyncIterable<Uint8Array> => {
  const pieces = Array.from({ length: Math.ceil(tar.length / 77_777) }, (_, index) =>
    tar.subarray(index * 77_777, (index + 1) * 77_777),
  );
  return compressFrames(framed(pieces.flatMap((piece) => [piece, CUT])));
};

describe('extractAll', () => {
  test('writes every file, and makes what leads out of the copy only at the end', async () => {
    await using into = await temporaryDirectory();
    const { finish, read, size } = await extracted(into.path);
    const copy = join(into.path, 'copy');
    expect((await readFile(join(copy, 'large'))).equals(LARGE)).toBe(true);
    expect(await readdir(join(copy, 'many'))).toHaveLength(MANY.length);
    expect(await readFile(join(copy, 'many/499'), 'utf8')).toBe('x'.repeat(499 * 7));
    expect(await readFile(join(copy, 'before its directory/database'), 'utf8')).toBe('first');
    const { mode, mtimeMs } = await stat(join(copy, 'many/7'));
    expect([mode & 0o7777, mtimeMs]).toEqual([0o640, 1_700_000_000_123]);
    expect(await readdir(copy)).toEqual(['before its directory', 'empty', 'large', 'link', 'many']);
    expect(read).toBe(size);
    finish();
    expect(await readdir(copy)).toContain('out');
  });

  test.each([
    ['in frames that end anywhere', recut],
    ['in one frame and without a table', (tar: Buffer) => each([zstdCompressSync(tar)])],
  ])('writes the same of what another tool has packed %s', async (_, repack) => {
    await using into = await temporaryDirectory();
    const { finish, read, size } = await extracted(into.path, { repack });
    finish();
    const copy = join(into.path, 'copy');
    expect((await readFile(join(copy, 'large'))).equals(LARGE)).toBe(true);
    for (const index of MANY.keys()) expect((await stat(join(copy, `many/${index}`))).size).toBe(index * 7);
    expect(await readdir(copy)).toEqual(['before its directory', 'empty', 'large', 'link', 'many', 'out']);
    expect(read).toBe(size);
  });

  test('refuses bytes that are not those that the key names, though all within is whole', async () => {
    await using into = await temporaryDirectory();
    await expect(extracted(into.path, { digest16: '0123456789abcdef' })).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('not those that the key names') as string,
    });
  });

  test('an error of the thread keeps its code', async () => {
    await using into = await temporaryDirectory();
    const { bytes, digest } = await packed(ENTRIES);
    const snapshot = await opened(bytes);
    const entries = (await snapshot.entries()).filter(({ path }) => path !== 'state/many/77');
    const places = new Map([['state', join(into.path, 'copy')]]);
    const common = { digest16: digest.slice(0, 16), places, owners: false, onRead: () => undefined };
    const signal = new AbortController().signal;
    await using threads = new UnpackThreads(signal);
    await expect(extractAll(snapshot, { ...common, entries, threads, signal })).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: 'the archive holds "payload/state/many/77", which its manifest does not list',
    });
  });

  test('ends at once when it is interrupted', async () => {
    await using into = await temporaryDirectory();
    const interrupt = new AbortController();
    const extracting = extracted(into.path, { signal: interrupt.signal });
    setImmediate(() => {
      interrupt.abort();
    });
    await expect(extracting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
