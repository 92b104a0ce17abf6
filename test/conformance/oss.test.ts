import { afterAll, beforeAll } from 'vitest';
import { type OssOptions, ossStorage } from '../../src/adapters/storage/oss.ts';
import { type Storage } from '../../src/ports/storage.ts';
import { type Oss, OSS_REGION, startOss } from '../support/servers/oss.ts';
import { OssBucket } from '../support/servers/oss-bucket.ts';
import { storageContract } from './storage-contract.ts';
import { storageFaults } from './storage-faults.ts';

const bucket = new OssBucket('snapshots');
let oss: Oss;

beforeAll(async () => {
  oss = await startOss();
  oss.buckets.set(bucket.name, bucket);
});

afterAll(() => oss[Symbol.asyncDispose]());

function open(options: OssOptions = {}): Promise<Storage> {
  const { id, secret } = oss.key();
  const url = new URL(`oss://snapshots/${crypto.randomUUID()}?region=${OSS_REGION}&endpoint=${oss.origin}`);
  return ossStorage(url, { env: { OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret } }, options);
}

storageContract('oss://', async () => ({ storage: await open(), [Symbol.asyncDispose]: () => Promise.resolve() }));

storageFaults('oss://', async (patience) => ({
  storage: await open({ patience }),
  server: oss,
  unfinished: () => bucket.uploads.size,
}));
