import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { webdavStorage } from '../../src/adapters/storage/webdav.ts';
import { checkStorage } from '../../src/core/storage-check.ts';
import type { Storage } from '../../src/ports/storage.ts';
import { halfWritten } from '../support/half-written.ts';
import { startApache } from '../support/servers/apache.ts';
import { type DavServer, freshCollection } from '../support/servers/dav-server.ts';
import {
  cutUploads,
  dribbledDownload,
  silence,
  stalledDownload,
  storm,
  truncatedDownload,
} from '../support/servers/faults.ts';
import { loopback, type Loopback } from '../support/servers/loopback.ts';
import { startNginx } from '../support/servers/nginx.ts';
import { relayTo } from '../support/servers/relay.ts';
import { bufferOf } from '../support/snapshots.ts';
import { stock } from '../support/stock.ts';
import { temporaryDirectory, tree } from '../support/temporary.ts';
import { transferred } from '../support/transfer.ts';
import { storageContract, type StorageUnderTest } from './storage-contract.ts';

let apache: DavServer;
let nginx: DavServer;

beforeAll(async () => {
  [apache, nginx] = await Promise.all([startApache(), startNginx()]);
});

afterAll(async () => {
  await Promise.all([apache, nginx].map((server) => server[Symbol.asyncDispose]()));
});

async function fresh(server: DavServer): Promise<StorageUnderTest> {
  const { url, path } = await freshCollection(server);
  const storage = await webdavStorage(url, { env: server.environment, home: '/nonexistent' });
  const plant = (keys: readonly string[]): Promise<void> =>
    tree(path, Object.fromEntries(keys.map((key) => [key, 'x'])));
  return {
    storage,
    plant,
    litter: halfWritten(path, { user: 'www-data', mark: '~' }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

storageContract('webdav:// on Apache', () => fresh(apache));
storageContract('webdav:// on nginx', () => fresh(nginx));

const MiB = 1024 * 1024;
const NEVER = new AbortController().signal;

async function through(relay: Loopback, path: string, patience?: number): Promise<Storage> {
  const url = new URL(`${relay.origin.replace('http:', 'webdav:')}/${path}`);
  return webdavStorage(
    url,
    { env: apache.environment, home: '/nonexistent' },
    patience === undefined ? {} : { patience },
  );
}

test.each(['webdavs://user:secret@host/path', 'webdav://host/path?user=x'])(
  '%s is refused, and the secret is not said again',
  async (text) => {
    const opening = webdavStorage(new URL(text), { env: {}, home: '/nonexistent' });
    await expect(opening).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(opening).rejects.toThrow(/^((?!secret).)*$/);
  },
);

describe('webdav:// in trouble', { timeout: 30_000 }, () => {
  test.each(['Apache', 'nginx'])('a wrong password is DENIED by %s, and is not repeated', async (which) => {
    const { url } = await freshCollection(which === 'nginx' ? nginx : apache);
    const env = { CLAWBACK_WEBDAV_USER: 'clawback', CLAWBACK_WEBDAV_PASSWORD: 'not the password' };
    const storage = await webdavStorage(url, { env, home: '/nonexistent' });
    const put = storage.put('a/x', new Blob(['x']));
    await expect(put).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('CLAWBACK_WEBDAV_PASSWORD') as string,
    });
    await expect(put).rejects.toThrow(/^((?!not the password).)*$/);
  });

  test('credentials are read from ~/.netrc', async () => {
    await using home = await temporaryDirectory();
    const { CLAWBACK_WEBDAV_USER: user, CLAWBACK_WEBDAV_PASSWORD: password } = nginx.environment;
    await writeFile(
      join(home.path, '.netrc'),
      `machine other login a password b\nmachine 127.0.0.1\n  login ${user ?? ''}\n  password ${password ?? ''}\n`,
    );
    const { url } = await freshCollection(nginx);
    const storage = await webdavStorage(url, { env: {}, home: home.path });
    await storage.put('a/x', new Blob(['x']));
  });

  test.each(['Apache', 'nginx'])(
    'a collection that is not there is UNAVAILABLE on %s, and is not made',
    async (which) => {
      const { url } = await freshCollection(which === 'nginx' ? nginx : apache);
      url.pathname += '/nas';
      const storage = await webdavStorage(url, { env: apache.environment, home: '/nonexistent' });
      await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await expect(Array.fromAsync(storage.list(''))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    },
  );

  test('a user who may only look is DENIED', async () => {
    await mkdir(join(apache.root, 'forbidden'));
    const url = new URL(`webdav://127.0.0.1:${apache.port}/forbidden`);
    const storage = await webdavStorage(url, { env: apache.environment, home: '/nonexistent' });
    await expect(storage.put('a', new Blob(['x']))).rejects.toMatchObject({ code: 'DENIED' });
    expect(await Array.fromAsync(storage.list(''))).toEqual([]);
  });

  test('a server that lets put and list alone is fit for backups, and nothing is left beside the objects', async () => {
    await mkdir(join(apache.root, 'vault'));
    await stock('chown', ['www-data', join(apache.root, 'vault')]);
    const url = new URL(`webdav://127.0.0.1:${apache.port}/vault`);
    const storage = await webdavStorage(url, { env: apache.environment, home: '/nonexistent' });
    const report = await checkStorage(
      storage,
      { now: () => performance.now(), serverTime: () => Promise.resolve(null), onStep: () => undefined },
      NEVER,
    );
    const refused = report.steps.filter(({ status }) => status !== 'ok').map(({ id, status }) => [id, status]);
    expect(refused).toEqual(['read', 'range', 'delete'].map((id) => [id, 'warn']));
    const names = await readdir(join(apache.root, 'vault'), { recursive: true });
    expect(names.filter((name) => name.includes('~clawback-'))).toEqual([]);
  });

  test('an upload larger than the server takes is NO_SPACE, and names the setting', async () => {
    await mkdir(join(nginx.root, 'small'));
    const url = new URL(`webdav://127.0.0.1:${nginx.port}/small`);
    const storage = await webdavStorage(url, { env: nginx.environment, home: '/nonexistent' });
    await expect(storage.put('x', new Blob([randomBytes(MiB)]))).rejects.toMatchObject({
      code: 'NO_SPACE',
      hint: expect.stringContaining('client_max_body_size') as string,
    });
  });

  test('a server that is no WebDAV server is told from one that is away', async () => {
    await using plain = await loopback(({ response }) => {
      response.writeHead(405).end();
      return Promise.resolve();
    });
    await expect((await through(plain, '')).put('x', new Blob(['x']))).rejects.toMatchObject({
      code: 'FAILED',
      hint: expect.stringContaining('does not speak WebDAV') as string,
    });
    const away = await webdavStorage(new URL('webdav://127.0.0.1:1/x'), { env: {}, home: '/nonexistent' });
    await expect(away.put('x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('a connection cut in the middle of a put is UNAVAILABLE and shows nothing; the next put is whole', async () => {
    const { url, path } = await freshCollection(apache);
    await using relay = await relayTo(`http://127.0.0.1:${apache.port}`);
    const storage = await through(relay, url.pathname.slice(1));
    const body = new Blob([randomBytes(4 * MiB)]);
    await storage.put('a/first', new Blob(['x']));
    {
      using _fault = relay.inject(cutUploads());
      await expect(storage.put('a/x', body)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
    expect(await readdir(join(path, 'a'))).toEqual(['first']);
    await storage.put('a/x', body);
    expect(await Array.fromAsync(storage.list('a/x'))).toEqual([{ key: 'a/x', size: 4 * MiB }]);
  });

  test('a put whose collection is deleted in its middle fails, and does not make it again', async () => {
    const { url, path } = await freshCollection(apache);
    await using relay = await relayTo(`http://127.0.0.1:${apache.port}`);
    const storage = await through(relay, url.pathname.slice(1));
    await storage.put('a/first', new Blob(['x']));
    using _fault = relay.inject(async ({ request }) => {
      if (request.method === 'PUT') await rm(path, { recursive: true, force: true });
      return false;
    });
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'FAILED' });
    expect(existsSync(path)).toBe(false);
  });

  test.each([503, 429])('a storm of %i is UNAVAILABLE', async (status) => {
    const { url } = await freshCollection(apache);
    await using relay = await relayTo(`http://127.0.0.1:${apache.port}`);
    using _fault = relay.inject(storm(Infinity, status));
    const storage = await through(relay, url.pathname.slice(1));
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(Array.fromAsync(storage.list(''))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test.each([
    ['ends too early', truncatedDownload],
    ['stops coming', stalledDownload],
    ['comes by drops', dribbledDownload],
    ['never comes', silence],
  ])('an answer that %s is UNAVAILABLE, never a short read', async (_, fault) => {
    const { url } = await freshCollection(apache);
    await using relay = await relayTo(`http://127.0.0.1:${apache.port}`);
    const storage = await through(relay, url.pathname.slice(1), 500);
    await storage.put('a/x', new Blob([randomBytes(MiB)]));
    using _fault = relay.inject(fault);
    await expect(storage.get('a/x').then(bufferOf)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('a put killed long ago is swept, and the name that it had claimed is free again', async () => {
    const { url, path } = await freshCollection(apache);
    const part = (n: number): string => `~clawback-00000000-0000-4000-8000-00000000000${n}.part`;
    await tree(join(path, 'a'), {
      [part(1)]: 'old',
      [part(2)]: 'new',
      '~clawback-x.claim': null,
      'photo one.jpg': 'x',
    });
    for (const name of [part(1), '~clawback-x.claim']) await utimes(join(path, 'a', name), 1_000_000, 1_000_000);
    await stock('chown', ['-R', 'www-data', path]);
    const storage = await webdavStorage(url, { env: apache.environment, home: '/nonexistent' });
    await storage.put('a/x', new Blob(['x']));
    expect((await readdir(join(path, 'a'))).sort()).toEqual(['photo one.jpg', 'x', part(2)]);
    expect(await Array.fromAsync(storage.list('a/'), ({ key }) => key)).toEqual(['a/photo one.jpg', 'a/x']);
  });

  test('a sweep gives a name free that a killed put had claimed', async () => {
    const { url, path } = await freshCollection(nginx);
    await tree(join(path, 'a'), { '~clawback-x.claim': null });
    await stock('chown', ['-R', 'www-data', path]);
    const storage = await webdavStorage(url, { env: nginx.environment, home: '/nonexistent' });
    expect(await storage.sweep('a/', { before: new Date(Date.now() + 60_000) })).toBe(1);
    expect(await readdir(join(path, 'a'))).toEqual([]);
  });

  test('a name that somebody else is storing right now is UNAVAILABLE', async () => {
    const { url, path } = await freshCollection(nginx);
    await tree(join(path, 'a'), { '~clawback-x.claim': null });
    await stock('chown', ['-R', 'www-data', path]);
    const storage = await webdavStorage(url, { env: nginx.environment, home: '/nonexistent' });
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await readdir(join(path, 'a'))).toEqual(['~clawback-x.claim']);
  });
});

test('webdav:// takes 300 MiB up and down in less than 250 MiB of memory', async () => {
  const { url } = await freshCollection(apache);
  const { isWhole, peak } = await transferred(url.href, 300, apache.environment);
  expect(isWhole).toBe(true);
  expect(peak).toBeLessThan(250 * MiB);
}, 120_000);
