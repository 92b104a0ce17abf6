import { Agent } from 'node:http';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, vi } from 'vitest';
import { s3Storage } from '../../src/adapters/storage/s3.ts';
import { tosStorage } from '../../src/adapters/storage/tos.ts';
import { type Ceph, startCeph } from '../support/servers/ceph.ts';
import { storageContract } from './storage-contract.ts';

let ceph: Ceph;

/** Finds every name of the test domain on the loopback. */
const httpAgent = new Agent({
  lookup: (_name, options, found) => {
    if (options.all === true) found(null, [{ address: '127.0.0.1', family: 4 }]);
    else found(null, '127.0.0.1', 4);
  },
});

beforeAll(async () => {
  ceph = await startCeph();
  const client = new S3Client({
    endpoint: ceph.origin,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: ceph.owner,
  });
  await client.send(new CreateBucketCommand({ Bucket: 'snapshots' }));
  client.destroy();
});

afterAll(() => ceph[Symbol.asyncDispose]());

const nothingToStop = { [Symbol.asyncDispose]: () => Promise.resolve() };

storageContract('s3:// (Ceph, path style)', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', ceph.owner.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', ceph.owner.secretAccessKey);
  const url = new URL(`s3://snapshots/${crypto.randomUUID()}?endpoint=${encodeURIComponent(ceph.origin)}`);
  return { storage: await s3Storage(url), ...nothingToStop };
});

storageContract('tos:// (Ceph, bucket in the host name)', async () => {
  const env = { TOS_ACCESS_KEY: ceph.owner.accessKeyId, TOS_SECRET_KEY: ceph.owner.secretAccessKey };
  const endpoint = encodeURIComponent(`http://${ceph.domain}:${ceph.port}`);
  const url = new URL(`tos://snapshots/${crypto.randomUUID()}?region=us-east-1&endpoint=${endpoint}`);
  return { storage: await tosStorage(url, { env }, { httpAgent }), ...nothingToStop };
});
