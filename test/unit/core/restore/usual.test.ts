import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { extractAll } from '../../../../src/core/restore/extract-all.ts';
import { usualIn } from '../../../../src/core/restore/usual.ts';
import { UnpackThreads } from '../../../../src/core/unpack/unpack-threads.ts';
import { directory, file, opened, packed } from '../../../support/snapshots.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const MODES = [0o600, 0o644, 0o666, 0o777, 0o400, 0o000, 0o4755, 0o1640];

describe('usualIn', () => {
  test('tells what a new file is, and leaves nothing', async () => {
    await using scope = await temporaryDirectory();
    const usual = usualIn(scope.path);
    expect(await readdir(scope.path)).toEqual([]);
    await writeFile(join(scope.path, 'new'), '', { mode: 0o777 });
    const { mode, uid, gid } = await stat(join(scope.path, 'new'));
    expect(usual).toEqual({ mode: mode & 0o777, uid, gid });
  });
});

test('files get their modes and owners, whatever files get by themselves where they are made', async () => {
  await using scope = await temporaryDirectory();
  const entries = MODES.map((mode) => ({ ...file(`state/${mode}`, 'x'), mode }));
  const { bytes, digest } = await packed([directory('state'), ...entries]);
  const snapshot = await opened(bytes);
  const { signal } = new AbortController();
  const owners = process.getuid?.() === 0;
  for (const bits of [0o700, 0o2700]) {
    const place = join(scope.path, bits.toString(8));
    await mkdir(place);
    await chmod(place, bits);
    await using threads = new UnpackThreads(signal);
    const places = new Map([['state', join(place, 'state')]]);
    const common = { digest16: digest.slice(0, 16), onRead: () => undefined, threads, signal };
    (await extractAll(snapshot, { ...common, entries: await snapshot.entries(), places, owners }))();
    for (const mode of MODES) {
      const found = await stat(join(place, `state/${mode}`));
      expect((found.mode & 0o7777).toString(8)).toBe(mode.toString(8));
      if (owners) expect([found.uid, found.gid]).toEqual([0, 0]);
    }
  }
});
