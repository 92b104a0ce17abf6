import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rcloneStorage } from '../../src/adapters/storage/rclone.ts';
import { halfWritten } from '../support/half-written.ts';
import { startSshd, type Sshd } from '../support/servers/sshd.ts';
import { bufferOf } from '../support/snapshots.ts';
import { temporaryDirectory, tree } from '../support/temporary.ts';
import { transferred } from '../support/transfer.ts';
import { storageContract } from './storage-contract.ts';

let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd();
});

afterAll(async () => sshd[Symbol.asyncDispose]());

/** The remotes of a user's rclone, by environment variables as rclone reads them. */
function environment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: sshd.home,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_DISK_TYPE: 'local',
    RCLONE_CONFIG_SERVER_TYPE: 'sftp',
    RCLONE_CONFIG_SERVER_HOST: '127.0.0.1',
    RCLONE_CONFIG_SERVER_PORT: String(sshd.port),
    RCLONE_CONFIG_SERVER_USER: sshd.user,
    RCLONE_CONFIG_SERVER_KEY_FILE: `${sshd.home}/.ssh/id_ed25519`,
    RCLONE_CONFIG_SERVER_KNOWN_HOSTS_FILE: `${sshd.home}/.ssh/known_hosts`,
    RCLONE_CONFIG_SERVER_SHELL_TYPE: 'none',
  };
}

storageContract('rclone: of a directory', async () => {
  const directory = await temporaryDirectory();
  return {
    storage: await rcloneStorage(new URL(`rclone:disk:${directory.path}`), environment()),
    litter: halfWritten(directory.path),
    plant: (keys) => tree(directory.path, Object.fromEntries(keys.map((key) => [key, 'x']))),
    [Symbol.asyncDispose]: async () => directory[Symbol.asyncDispose](),
  };
});

describe('rclone:', { timeout: 60_000 }, () => {
  test('stores on a server that rclone reaches, and a failed put leaves nothing there', async () => {
    const path = await sshd.directory();
    const storage = await rcloneStorage(new URL(`rclone:server:${path}`), environment());
    const bytes = randomBytes(1024 * 1024);
    await storage.put('a/x', new Blob([bytes]));
    const got = await bufferOf(await storage.get('a/x', { range: { start: 1000, end: 500_000 } }));
    expect(got.equals(bytes.subarray(1000, 500_000))).toBe(true);
    const signal = AbortSignal.timeout(150);
    await expect(storage.put('a/y', new Blob([randomBytes(64 * 1024 * 1024)]), { signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(await Array.fromAsync(storage.list(''))).toEqual([{ key: 'a/x', size: bytes.length }]);
    expect(await readdir(join(path, 'a'))).toEqual(['x']);
  });

  test('without rclone says so at once', async () => {
    await expect(rcloneStorage(new URL('rclone:disk:/tmp'), { PATH: '/nonexistent' })).rejects.toMatchObject({
      code: 'CONFIG',
      hint: expect.stringMatching(/apt install rclone/) as string,
    });
  });

  test.each(['rclone::sftp,host=x,pass=secret:/path', 'rclone:server,pass=secret:/path'])(
    'refuses options in the location, where a password could stand: %s',
    async (location) => {
      const opening = rcloneStorage(new URL(location), environment());
      await expect(opening).rejects.toMatchObject({ code: 'CONFIG' });
      await expect(opening).rejects.toThrow(/^((?!secret).)*$/);
    },
  );

  test.each([
    ['a remote nobody made', 'rclone:nosuch:path', {}, 'FAILED', /rclone config/],
    ['a server that is away', 'rclone:server:/x', { RCLONE_CONFIG_SERVER_PORT: '1' }, 'UNAVAILABLE', /rclone lsd/],
    ['a wrong key', 'rclone:server:/x', { RCLONE_CONFIG_SERVER_USER: 'root' }, 'DENIED', /rclone touch/],
    ['a place that may not be written to', 'rclone:server:/etc', {}, 'DENIED', /rclone touch/],
  ])('%s', async (_, location, variables, code, hint) => {
    const storage = await rcloneStorage(new URL(location), { ...environment(), ...variables });
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(hint) as string,
    });
  });

  test('what others put there is listed by its name, and what is hidden is not', async () => {
    await using directory = await temporaryDirectory();
    await tree(directory.path, { 'photo one.jpg': 'x', 'a/.hidden/x': 'x', 'a/.part': 'x', 'a/x': 'x' });
    const storage = await rcloneStorage(new URL(`rclone:disk:${directory.path}`), environment());
    expect((await Array.fromAsync(storage.list(''))).map(({ key }) => key)).toEqual(['a/x', 'photo one.jpg']);
  });
});

test('rclone: takes 300 MiB up and down in less than 250 MiB of memory', async () => {
  await using directory = await temporaryDirectory();
  const { isWhole, peak } = await transferred(`rclone:disk:${directory.path}`, 300, environment());
  expect(isWhole).toBe(true);
  expect(peak).toBeLessThan(250 * 1024 * 1024);
}, 120_000);
