import { Agent } from 'node:http';
import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { s3Storage } from '../../src/adapters/storage/s3.ts';
import type { S3Options } from '../../src/adapters/storage/s3-client.ts';
import { tosStorage } from '../../src/adapters/storage/tos.ts';
import type { Storage } from '../../src/ports/storage.ts';
import { type Ceph, type CephUser, startCeph } from '../support/servers/ceph.ts';
import { cutUploads } from '../support/servers/faults.ts';
import type { Loopback } from '../support/servers/loopback.ts';
import { relayTo } from '../support/servers/relay.ts';
import { bufferOf } from '../support/snapshots.ts';
import { stock } from '../support/stock.ts';
import { transferred } from '../support/transfer.ts';
import { type Litter, storageContract } from './storage-contract.ts';
import { storageFaults } from './storage-faults.ts';

let ceph: Ceph;
let relay: Loopback;
let client: S3Client;

/** Finds every name of the test domain on the loopback. */
const httpAgent = new Agent({
  lookup: (_name, options, found) => {
    if (options.all === true) found(null, [{ address: '127.0.0.1', family: 4 }]);
    else found(null, '127.0.0.1', 4);
  },
});

beforeAll(async () => {
  ceph = await startCeph();
  client = new S3Client({
    endpoint: ceph.origin,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: ceph.owner,
  });
  await client.send(new CreateBucketCommand({ Bucket: 'snapshots' }));
  relay = await relayTo(ceph.origin);
}, 60_000);

afterAll(async () => {
  client.destroy();
  await relay[Symbol.asyncDispose]();
  await ceph[Symbol.asyncDispose]();
});

const nothingToStop = { [Symbol.asyncDispose]: () => Promise.resolve() };

interface Opening extends S3Options {
  readonly origin?: string;
  readonly bucket?: string;
  readonly user?: CephUser;
}

/** A storage of its own prefix, with credentials where the SDK's chain finds them. */
function open({
  origin = ceph.origin,
  bucket = 'snapshots',
  user = ceph.owner,
  ...options
}: Opening = {}): Promise<Storage> {
  vi.stubEnv('AWS_ACCESS_KEY_ID', user.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', user.secretAccessKey);
  const url = new URL(`s3://${bucket}/${crypto.randomUUID()}?endpoint=${encodeURIComponent(origin)}`);
  return s3Storage(url, options);
}

/** Uploads in parts that nobody will finish. */
function unfinished(storage: Storage): Litter {
  const prefix = `${new URL(storage.location).pathname.slice(1)}/`;
  return {
    async drop(key) {
      const target = { Bucket: 'snapshots', Key: `${prefix}${key}` };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
      await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'half' }));
    },
    async count() {
      const all = new ListMultipartUploadsCommand({ Bucket: 'snapshots', Prefix: prefix });
      return (await client.send(all)).Uploads?.length ?? 0;
    },
  };
}

storageContract('s3:// (Ceph, path style)', async () => {
  const storage = await open();
  return { storage, litter: unfinished(storage), ...nothingToStop };
});

storageFaults(
  's3:// (Ceph)',
  async (patience) => ({ storage: await open({ origin: relay.origin, patience }), server: relay }),
  { exclusiveParts: false },
);

storageContract('tos:// (Ceph, bucket in the host name)', async () => {
  const env = { TOS_ACCESS_KEY: ceph.owner.accessKeyId, TOS_SECRET_KEY: ceph.owner.secretAccessKey };
  const endpoint = encodeURIComponent(`http://${ceph.domain}:${ceph.port}`);
  const url = new URL(`tos://snapshots/${crypto.randomUUID()}?region=us-east-1&endpoint=${endpoint}`);
  const storage = await tosStorage(url, { env }, { httpAgent });
  return { storage, litter: unfinished(storage), many: 1100, ...nothingToStop };
});

describe('s3:// says what is wrong', () => {
  const problem = async (opening: Opening): Promise<unknown> => {
    const storage = await open(opening);
    return storage.put('a/x', new Blob(['x'])).then(
      () => 'stored',
      (error: unknown) => error,
    );
  };

  test.each<[string, () => Opening | Promise<Opening>, string, RegExp]>([
    [
      'a wrong secret',
      () => ({ user: { ...ceph.owner, secretAccessKey: 'not-the-one' } }),
      'DENIED',
      /secret is not that of/,
    ],
    [
      'an unknown key',
      () => ({ user: { accessKeyId: 'nobody', secretAccessKey: 'nobody-knows' } }),
      'DENIED',
      /AWS_ACCESS_KEY_ID/,
    ],
    ['a bucket that is not there', () => ({ bucket: 'no-such-bucket' }), 'NOT_FOUND', /make the bucket/],
    [
      'no permission',
      async () => ({ user: await ceph.addUser(`u${crypto.randomUUID()}`) }),
      'DENIED',
      /grant s3:PutObject/,
    ],
    ['nobody at the endpoint', () => ({ origin: 'http://127.0.0.1:9' }), 'UNAVAILABLE', /storage can be reached/],
  ])('%s', async (_what, opening, code, hint) => {
    const asked = await opening();
    const error = await problem(asked);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) as string });
    const said = JSON.stringify(error, Object.getOwnPropertyNames(error));
    expect(said).not.toContain((asked.user ?? ceph.owner).secretAccessKey);
  });

  test('a clock that is wrong', async () => {
    const storage = await open();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 20 * 60 * 1000 });
    using _clock = { [Symbol.dispose]: () => vi.useRealTimers() };
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('set the clock') as string,
    });
  });

  test('a bucket that is deleted between two parts', async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'doomed' }));
    const storage = await open({ bucket: 'doomed', origin: relay.origin });
    using _fault = relay.inject(async ({ url }) => {
      if (url.searchParams.get('partNumber') === '2') await client.send(new DeleteBucketCommand({ Bucket: 'doomed' }));
      return false;
    });
    const putting = storage.put('a/x', new Blob([randomBytes(20 * 1024 * 1024)]));
    await expect(putting).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringContaining('make the bucket') as string,
    });
  });

  // As AWS answers; Ceph takes every region for its own.
  test.each([
    [
      301,
      'PermanentRedirect',
      'The bucket you are attempting to access must be addressed using the specified endpoint.',
    ],
    [400, 'AuthorizationHeaderMalformed', "The authorization header is malformed; the region 'us-east-1' is wrong"],
    [400, 'IllegalLocationConstraintException', 'The unspecified location constraint is incompatible'],
  ])('a wrong region: %i %s', async (status, code, message) => {
    const storage = await open({ origin: relay.origin });
    using _fault = relay.inject(({ request, response }) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
      return true;
    });
    const wrong = { code: 'FAILED', hint: expect.stringContaining('set ?region=') as string };
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject(wrong);
    await expect(Array.fromAsync(storage.list(''))).rejects.toMatchObject(wrong);
  });

  test('no credentials at all', async () => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const storage = await open();
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('no credentials were found') as string,
    });
  });

  test.each(['s3://key:secret@bucket/', 's3://bucket/?secret=x', 's3://bucket/?endpoint=nowhere', 's3:///prefix'])(
    'a URL that cannot be: %s',
    async (text) => {
      await expect(s3Storage(new URL(text))).rejects.toMatchObject({ code: 'CONFIG' });
    },
  );
});

describe('s3:// with rights to put and to list alone', () => {
  test('stores, small and large, and refuses to overwrite', async () => {
    const writer = await ceph.addUser('writer');
    await client.send(new CreateBucketCommand({ Bucket: 'write-only' }));
    const statement = (Effect: 'Allow' | 'Deny', Action: string[], path: string) => ({
      Effect,
      Principal: { AWS: ['arn:aws:iam:::user/writer'] },
      Action,
      Resource: `arn:aws:s3:::write-only${path}`,
    });
    const Statement = [
      statement('Allow', ['s3:PutObject', 's3:AbortMultipartUpload'], '/*'),
      statement('Allow', ['s3:ListBucket'], ''),
      // Elsewhere what is not allowed is denied; here whoever put an object owns it.
      statement('Deny', ['s3:GetObject', 's3:DeleteObject'], '/*'),
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await client.send(new PutBucketPolicyCommand({ Bucket: 'write-only', Policy }));

    const storage = await open({ bucket: 'write-only', user: writer });
    const large = new Blob([randomBytes(20 * 1024 * 1024)]);
    await storage.put('a/small', new Blob(['x']));
    await storage.put('a/large', large);
    await expect(storage.put('a/small', new Blob(['y']))).rejects.toMatchObject({ code: 'EXISTS' });
    await expect(storage.put('a/large', large)).rejects.toMatchObject({ code: 'EXISTS' });
    expect(await Array.fromAsync(storage.list(''))).toMatchObject([
      { key: 'a/large', size: large.size },
      { key: 'a/small' },
    ]);
    await expect(storage.get('a/small')).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('s3:GetObject') as string,
    });
    await expect(storage.delete('a/small')).rejects.toMatchObject({ code: 'DENIED' });
    await expect(storage.sweep('', { before: new Date() })).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('s3:ListBucketMultipartUploads') as string,
    });
  });
});

test('s3:// stores, small and large, in a bucket whose objects are locked by default', async () => {
  await client.send(new CreateBucketCommand({ Bucket: 'locked', ObjectLockEnabledForBucket: true }));
  const DefaultRetention = { Mode: 'COMPLIANCE', Days: 1 } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } } as const;
  await client.send(new PutObjectLockConfigurationCommand({ Bucket: 'locked', ObjectLockConfiguration }));
  const storage = await open({ bucket: 'locked' });
  const large = randomBytes(20 * 1024 * 1024);
  await storage.put('a/small', new Blob(['x']));
  await storage.put('a/large', new Blob([large]));
  expect((await bufferOf(await storage.get('a/large'))).equals(large)).toBe(true);
  const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: 'locked' }));
  for (const { Key, VersionId } of Versions) {
    const erasing = client.send(new DeleteObjectCommand({ Bucket: 'locked', Key, VersionId }));
    await expect(erasing, Key).rejects.toMatchObject({ name: 'AccessDenied' });
  }
  expect(Versions).toHaveLength(2);
});

test('s3:// leaves no unfinished upload behind when every connection is cut', async () => {
  const storage = await open({ origin: relay.origin });
  {
    using _fault = relay.inject(cutUploads());
    await expect(storage.put('a/cut', new Blob([randomBytes(20 * 1024 * 1024)]))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  }
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: 'snapshots' }));
  expect(Uploads).toEqual([]);
}, 30_000);

test('s3:// sweeps more unfinished uploads than one page shows', async () => {
  const storage = await open();
  const prefix = new URL(storage.location).pathname.slice(1);
  const begin = (name: number) =>
    client.send(new CreateMultipartUploadCommand({ Bucket: 'snapshots', Key: `${prefix}/many/${name}` }));
  for (let at = 0; at < 1050; at += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => begin((at + i) % 3)));
  expect(await storage.sweep('many/', { before: new Date(Date.now() + 60_000) })).toBe(1050);
  expect(await unfinished(storage).count()).toBe(0);
}, 60_000);

test('s3:// lists what others put there too, and no folders', async () => {
  const storage = await open();
  const prefix = new URL(storage.location).pathname.slice(1);
  for (const name of ['a/', 'a/theirs', "odd & <'ünïcode'> +%20?#"]) {
    await client.send(new PutObjectCommand({ Bucket: 'snapshots', Key: `${prefix}/${name}`, Body: 'x' }));
  }
  const listed = await Array.fromAsync(storage.list(''));
  expect(listed.map(({ key }) => key)).toEqual(['a/theirs', "odd & <'ünïcode'> +%20?#"]);
  await expect(storage.put('a/theirs', new Blob(['mine']))).rejects.toMatchObject({ code: 'EXISTS' });
});

test("s3:// holds what Debian's rclone lists and downloads, byte for byte", async () => {
  const storage = await open();
  const bytes = randomBytes(9 * 1024 * 1024);
  await storage.put('a/large', new Blob([bytes]));
  const path = new URL(storage.location).pathname;
  const remote = [
    `:s3,provider=Ceph,access_key_id=${ceph.owner.accessKeyId},secret_access_key=${ceph.owner.secretAccessKey}`,
    `endpoint='${ceph.origin}':snapshots${path}/a`,
  ].join(',');
  // It takes a bundle of certificates for a transport that it does not know.
  vi.stubEnv('AWS_CA_BUNDLE', undefined);
  expect((await stock('rclone', ['lsf', '--format', 'ps', remote])).toString()).toBe(`large;${bytes.length}\n`);
  expect((await stock('rclone', ['cat', `${remote}/large`])).equals(bytes)).toBe(true);
});

test('s3:// takes 300 MiB up and down in less than 250 MiB of memory', async () => {
  const url = `s3://snapshots/${crypto.randomUUID()}?endpoint=${encodeURIComponent(ceph.origin)}`;
  const { isWhole, peak } = await transferred(url, 300, {
    AWS_ACCESS_KEY_ID: ceph.owner.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ceph.owner.secretAccessKey,
  });
  expect(isWhole).toBe(true);
  expect(peak).toBeLessThan(250 * 1024 * 1024);
}, 60_000);
