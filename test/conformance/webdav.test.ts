import { afterAll, beforeAll } from 'vitest';
import { webdavStorage } from '../../src/adapters/storage/webdav.ts';
import { startApache } from '../support/servers/apache.ts';
import { type DavServer, freshCollection } from '../support/servers/dav-server.ts';
import { startNginx } from '../support/servers/nginx.ts';
import { tree } from '../support/temporary.ts';
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
  return { storage, plant, [Symbol.asyncDispose]: () => Promise.resolve() };
}

storageContract('webdav:// on Apache', () => fresh(apache));
storageContract('webdav:// on nginx', () => fresh(nginx));
