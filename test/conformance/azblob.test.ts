import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { afterAll, beforeAll } from 'vitest';
import { type AzblobOptions, azblobStorage } from '../../src/adapters/storage/azblob.ts';
import { type Storage } from '../../src/ports/storage.ts';
import { type Azurite, startAzurite } from '../support/servers/azurite.ts';
import { type Loopback } from '../support/servers/loopback.ts';
import { relayTo } from '../support/servers/relay.ts';
import { storageContract } from './storage-contract.ts';
import { storageFaults } from './storage-faults.ts';

let azurite: Azurite;
let relay: Loopback;

beforeAll(async () => {
  azurite = await startAzurite();
  relay = await relayTo(azurite.origin);
  const credential = new StorageSharedKeyCredential(azurite.account, azurite.key);
  await new BlobServiceClient(azurite.endpoint, credential).createContainer('snapshots');
}, 30_000);

afterAll(async () => {
  await relay[Symbol.asyncDispose]();
  await azurite[Symbol.asyncDispose]();
});

function open(origin: string, options: AzblobOptions = {}): Promise<Storage> {
  const { account, key } = azurite;
  const url = new URL(`azblob://snapshots/${crypto.randomUUID()}?endpoint=${origin}/${account}`);
  return azblobStorage(url, { env: { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key } }, options);
}

storageContract('azblob://', async () => ({
  storage: await open(azurite.origin),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}));

storageFaults('azblob://', async (patience) => ({ storage: await open(relay.origin, { patience }), server: relay }));
