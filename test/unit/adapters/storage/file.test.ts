import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdir, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fileStorage } from '../../../../src/adapters/storage/file.ts';
import type { Body, Storage } from '../../../../src/ports/storage.ts';
import { bufferOf } from '../../../support/snapshots.ts';
import { stock } from '../../../support/stock.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const at = (path: string): Storage => fileStorage(pathToFileURL(path));

/** A file system of a few mebibytes at `directory`/mount, until the end of the scope. */
async function tinyDisk(directory: string, mebibytes = 1): Promise<AsyncDisposable> {
  const mountPoint = join(directory, 'mount');
  await mkdir(mountPoint);
  await stock('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', mountPoint]);
  return { [Symbol.asyncDispose]: () => stock('umount', ['-l', mountPoint]).then(() => undefined) };
}

/** Runs statements that use `storage` in a process whose every hard link fails, as on FAT. */
async function withoutHardLinks(directory: string, statements: string): Promise<string> {
  const adapter = fileURLToPath(new URL('../../../../src/adapters/storage/file.ts', import.meta.url));
  const script = `
    import { fileStorage } from ${JSON.stringify(adapter)};
    const storage = fileStorage(new URL(${JSON.stringify(pathToFileURL(directory).href)}));
    ${statements}`;
  const failing = ['-f', '-q', '-o', '/dev/null', '-e', 'inject=link,linkat:error=EPERM'];
  return (await stock('strace', [...failing, process.execPath, '--input-type=module', '-e', script])).toString();
}

describe('file://', () => {
  test('a directory that is not there is UNAVAILABLE, and is not made: its disk may not be mounted', async () => {
    await using home = await temporaryDirectory();
    const storage = at(join(home.path, 'nas'));
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(Array.fromAsync(storage.list(''))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await readdir(home.path)).toEqual([]);
  });

  test('a full disk is NO_SPACE and leaves nothing', async () => {
    await using home = await temporaryDirectory();
    await using disk = await tinyDisk(home.path);
    expect(disk).toBeDefined();
    const storage = at(join(home.path, 'mount'));
    await expect(storage.put('a/x', new Blob([randomBytes(2 * 1024 * 1024)]))).rejects.toMatchObject({
      code: 'NO_SPACE',
    });
    expect(await readdir(join(home.path, 'mount/a'))).toEqual([]);
  });

  test('objects are private: mode 0600', async () => {
    await using home = await temporaryDirectory();
    await at(home.path).put('a/x', new Blob(['x']));
    expect((await stat(join(home.path, 'a/x'))).mode & 0o777).toBe(0o600);
  });

  describe('a body that lies in a file', () => {
    const bytes = randomBytes(5 * 1024 * 1024 + 3);
    const fileAt = async (path: string): Promise<Body> => {
      await writeFile(path, bytes, { mode: 0o600 });
      return Object.assign(await openAsBlob(path), { file: path });
    };

    test('gets another name on the same file system, which outlives the first', async () => {
      await using home = await temporaryDirectory();
      const body = await fileAt(join(home.path, 'spooled'));
      await mkdir(join(home.path, 'nas'));
      const storage = at(join(home.path, 'nas'));
      await storage.put('a/x', body);
      const [spooled, stored] = await Promise.all(['spooled', 'nas/a/x'].map((name) => stat(join(home.path, name))));
      expect(stored?.ino).toBe(spooled?.ino);
      await expect(storage.put('a/x', body)).rejects.toMatchObject({ code: 'EXISTS' });
      await rm(join(home.path, 'spooled'));
      expect((await bufferOf(await storage.get('a/x'))).equals(bytes)).toBe(true);
    });

    test('is copied to a second directory there', async () => {
      await using home = await temporaryDirectory();
      const body = await fileAt(join(home.path, 'spooled'));
      const names = ['nas', 'usb'];
      for (const name of names) {
        await mkdir(join(home.path, name));
        await at(join(home.path, name)).put('a/x', body);
      }
      const [nas, usb] = await Promise.all(names.map((name) => stat(join(home.path, name, 'a/x'))));
      expect(usb?.ino).not.toBe(nas?.ino);
      expect((await bufferOf(await at(join(home.path, 'usb')).get('a/x'))).equals(bytes)).toBe(true);
    });

    test('is copied to another file system', async () => {
      await using home = await temporaryDirectory();
      await using _disk = await tinyDisk(home.path, 16);
      const storage = at(join(home.path, 'mount'));
      const body = await fileAt(join(home.path, 'spooled'));
      await storage.put('a/x', body);
      await expect(storage.put('a/x', body)).rejects.toMatchObject({ code: 'EXISTS' });
      expect((await bufferOf(await storage.get('a/x'))).equals(bytes)).toBe(true);
      expect(await readdir(join(home.path, 'mount/a'))).toEqual(['x']);
    });
  });

  test('an old half written object is swept by the next put, a new one is left alone', async () => {
    await using home = await temporaryDirectory();
    await mkdir(join(home.path, 'a'));
    const part = (n: number): string => `.clawback-00000000-0000-4000-8000-00000000000${n}.part`;
    await writeFile(join(home.path, 'a', part(1)), 'old');
    await utimes(join(home.path, 'a', part(1)), 1_000_000, 1_000_000);
    await writeFile(join(home.path, 'a', part(2)), 'new');
    await at(home.path).put('a/x', new Blob(['x']));
    expect((await readdir(join(home.path, 'a'))).sort()).toEqual([part(2), 'x']);
    expect(await Array.fromAsync(at(home.path).list(''))).toEqual([{ key: 'a/x', size: 1 }]);
  });

  test('what is no regular file is not listed', async () => {
    await using home = await temporaryDirectory();
    await symlink('/etc/passwd', join(home.path, 'link'));
    expect(await Array.fromAsync(at(home.path).list(''))).toEqual([]);
  });

  test.each(['../escape', 'a/../../escape', '/absolute', '', 'a//b', '.hidden', 'a b'])(
    '%j is refused as a key',
    async (key) => {
      await using home = await temporaryDirectory();
      await expect(at(home.path).put(key, new Blob(['x']))).rejects.toMatchObject({ code: 'FAILED' });
    },
  );

  test('works on a file system without hard links, and does not overwrite there either', async () => {
    await using home = await temporaryDirectory();
    const said = await withoutHardLinks(
      home.path,
      `await storage.put('a/x', new Blob(['first']));
       await storage.put('a/x', new Blob(['second'])).catch((error) => console.log(error.code));`,
    );
    expect(said).toBe('EXISTS\n');
    expect((await bufferOf(await at(home.path).get('a/x'))).toString()).toBe('first');
    expect(await readdir(join(home.path, 'a'))).toEqual(['x']);
  });
});
