import { afterAll, beforeAll, vi } from 'vitest';
import { gsStorage } from '../../src/adapters/storage/gs.ts';
import { type Gcs, startGcs } from '../support/servers/gcs.ts';
import { GcsBucket } from '../support/servers/gcs-bucket.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { storageContract } from './storage-contract.ts';

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

storageContract('gs://', async () => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', credentials);
  const url = new URL(`gs://snapshots/${crypto.randomUUID()}?endpoint=${encodeURIComponent(gcs.origin)}`);
  return { storage: await gsStorage(url), [Symbol.asyncDispose]: () => Promise.resolve() };
});
