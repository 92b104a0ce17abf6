import { afterAll, beforeAll, vi } from 'vitest';
import { type GsOptions, gsStorage } from '../../src/adapters/storage/gs.ts';
import { type Storage } from '../../src/ports/storage.ts';
import { type Gcs, startGcs } from '../support/servers/gcs.ts';
import { GcsBucket } from '../support/servers/gcs-bucket.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { storageContract } from './storage-contract.ts';
import { storageFaults } from './storage-faults.ts';

let gcs: Gcs;
let credentials: string;
let files: AsyncDisposable & { readonly path: string };

beforeAll(async () => {
  gcs = await startGcs();
  gcs.buckets.set('snapshots', new GcsBucket('snapshots'));
  files = await temporaryDirectory();
  credentials = await gcs.credentials(files.path);
});

afterAll(async () => {
  await gcs[Symbol.asyncDispose]();
  await files[Symbol.asyncDispose]();
});

function open(options: GsOptions = {}): Promise<Storage> {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', credentials);
  return gsStorage(new URL(`gs://snapshots/${crypto.randomUUID()}?endpoint=${gcs.origin}`), options);
}

storageContract('gs://', async () => ({ storage: await open(), [Symbol.asyncDispose]: () => Promise.resolve() }));

storageFaults('gs://', async (patience) => ({
  storage: await open({ patience }),
  server: gcs,
  unfinished: () => gcs.uploads.unfinished,
}));
