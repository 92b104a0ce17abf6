import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OssOptions, ossStorage } from '../../src/adapters/storage/oss.ts';
import type { Storage } from '../../src/ports/storage.ts';
import type { OssBucket } from '../support/servers/oss-bucket.ts';
import { startMetadata } from '../support/servers/oss-metadata.ts';
import type { OssKey } from '../support/servers/oss-signature.ts';
import { type Oss, OSS_REGION, type OssAction, startOss } from '../support/servers/oss.ts';
import { transferred } from '../support/transfer.ts';
import { storageContract } from './storage-contract.ts';
import { storageFaults } from './storage-faults.ts';

const LARGE = 20 * 1024 * 1024;

let oss: Oss;
let bucket: OssBucket;

beforeAll(async () => {
  oss = await startOss();
  bucket = oss.makeBucket('snapshots');
});

afterAll(() => oss[Symbol.asyncDispose]());

interface Opening extends OssOptions {
  readonly in?: string;
  readonly as?: OssKey;
  readonly region?: string;
}

/** A storage of its own prefix, with a key in its environment. */
function open({
  in: name = 'snapshots',
  as = oss.key(),
  region = OSS_REGION,
  ...options
}: Opening = {}): Promise<Storage> {
  const url = new URL(`oss://${name}/${crypto.randomUUID()}?region=${region}&endpoint=${oss.origin}`);
  const { id, secret, token } = as;
  const env = { OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret, OSS_SESSION_TOKEN: token };
  return ossStorage(url, { env }, options);
}

/** What the names of its objects begin with. */
function prefixOf({ location }: Storage): string {
  return `${new URL(location).pathname.slice(1)}/`;
}

storageContract('oss://', async () => {
  const storage = await open();
  const prefix = prefixOf(storage);
  const litter = {
    drop: (key: string) => Promise.resolve(void bucket.begin(`${prefix}${key}`)),
    count: () => Promise.resolve([...bucket.uploads.values()].filter(({ key }) => key.startsWith(prefix)).length),
  };
  return { storage, litter, [Symbol.asyncDispose]: () => Promise.resolve() };
});

storageFaults('oss://', async (patience) => ({
  storage: await open({ patience }),
  server: oss,
  unfinished: () => bucket.uploads.size,
}));

describe('oss:// says what is wrong', () => {
  test.each<[string, () => Opening, string, RegExp]>([
    ['a wrong secret', () => ({ as: { ...oss.key(), secret: 'not-the-one' } }), 'DENIED', /secret is not that of/],
    ['an unknown key', () => ({ as: { id: 'LTAInobody', secret: 'nobody' } }), 'DENIED', /OSS_ACCESS_KEY_ID/],
    [
      'a temporary key with another token',
      () => ({ as: { ...oss.key(undefined, { token: 'the-one' }), token: 'another' } }),
      'DENIED',
      /OSS_SESSION_TOKEN/,
    ],
    ['a bucket that is not there', () => ({ in: 'no-such-bucket' }), 'NOT_FOUND', /make the bucket/],
    ['a wrong region', () => ({ region: 'cn-beijing' }), 'FAILED', /set \?region=/],
    ['no permission', () => ({ as: oss.key(['oss:ListObjects']) }), 'DENIED', /grant oss:PutObject/],
  ])('%s', async (_what, opening, code, hint) => {
    const asked = opening();
    const storage = await open(asked);
    const error: unknown = await storage.put('a/x', new Blob(['x'])).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) as string });
    if (asked.as !== undefined) expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(asked.as.secret);
  });

  test('a clock that is wrong', async () => {
    oss.clock.ahead = 20 * 60 * 1000;
    using _clock = { [Symbol.dispose]: () => (oss.clock.ahead = 0) };
    const storage = await open();
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('set the clock') as string,
    });
  });

  test('a bucket that is deleted between two parts', async () => {
    const doomed = oss.makeBucket('doomed');
    const storage = await open({ in: doomed.name });
    using _fault = oss.inject(({ url }) => {
      if (url.searchParams.get('partNumber') === '2') oss.buckets.delete(doomed.name);
      return false;
    });
    await expect(storage.put('a/x', new Blob([randomBytes(LARGE)]))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each([
    'oss://key:secret@bucket/?region=cn-hangzhou',
    'oss://bucket/?region=cn-hangzhou&secret=x',
    'oss:///prefix?region=cn-hangzhou',
    'oss://bucket/?region=cn-hangzhou&endpoint=nowhere',
    'oss://bucket/prefix',
  ])('a URL that cannot be: %s', async (text) => {
    const { id, secret } = oss.key();
    const env = { OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret };
    await expect(ossStorage(new URL(text), { env })).rejects.toMatchObject({ code: 'CONFIG' });
  });

  test('no credentials', async () => {
    const url = new URL('oss://bucket/?region=cn-hangzhou');
    await expect(ossStorage(url, { env: {} })).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('OSS_ACCESS_KEY_ID') as string,
    });
  });
});

test('oss:// takes the temporary key of a role, named as all of Alibaba Cloud names it', async () => {
  const { id, secret, token } = oss.key(undefined, { token: crypto.randomUUID() });
  const url = new URL(`oss://snapshots/${crypto.randomUUID()}?region=${OSS_REGION}&endpoint=${oss.origin}`);
  const env = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: id,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
    ALIBABA_CLOUD_SECURITY_TOKEN: token,
  };
  const storage = await ossStorage(url, { env });
  await storage.put('a/x', new Blob(['x']));
  expect(await Array.fromAsync(storage.list(''))).toEqual([{ key: 'a/x', size: 1 }]);
});

test('oss:// takes the key of the role that its instance has', async () => {
  const { id, secret, token } = oss.key(undefined, { token: crypto.randomUUID() });
  await using instance = await startMetadata({
    role: 'backup',
    key: { AccessKeyId: id, AccessKeySecret: secret, SecurityToken: token },
  });
  const url = new URL(`oss://snapshots/${crypto.randomUUID()}?region=${OSS_REGION}&endpoint=${oss.origin}`);
  const open = (role: string) =>
    ossStorage(url, { env: { ALIBABA_CLOUD_ECS_METADATA: role } }, { metadata: instance.origin });
  const storage = await open('backup');
  await storage.put('a/x', new Blob(['x']));
  expect(await Array.fromAsync(storage.list(''))).toEqual([{ key: 'a/x', size: 1 }]);
  await expect(open('another')).rejects.toMatchObject({
    code: 'DENIED',
    hint: expect.stringContaining('attach the role') as string,
  });
});

test('oss:// needs no right but to put and to list, and cannot overwrite with them', async () => {
  const storage = await open({ as: oss.key(['oss:PutObject', 'oss:ListObjects']) });
  await storage.put('a/small', new Blob(['x']));
  await storage.put('a/large', new Blob([randomBytes(LARGE)]));
  await expect(storage.put('a/small', new Blob(['y']))).rejects.toMatchObject({ code: 'EXISTS' });
  await expect(storage.put('a/large', new Blob([randomBytes(LARGE)]))).rejects.toMatchObject({ code: 'EXISTS' });
  expect((await Array.fromAsync(storage.list(''))).map(({ key }) => key)).toEqual(['a/large', 'a/small']);
  const denied = (action: string) => ({ code: 'DENIED', hint: expect.stringContaining(action) as string });
  await expect(storage.get('a/small')).rejects.toMatchObject(denied('oss:GetObject'));
  await expect(storage.delete('a/small')).rejects.toMatchObject(denied('oss:DeleteObject'));
});

test('oss:// sweeps more unfinished uploads than one page shows, and names the right that it lacks', async () => {
  const storage = await open();
  const prefix = prefixOf(storage);
  for (let at = 0; at < 1100; at++) bucket.begin(`${prefix}many/${at % 3}`);
  const old = { before: new Date(Date.now() + 60_000) };
  const denied = (action: string) => ({ code: 'DENIED', hint: expect.stringContaining(action) as string });
  const url = new URL(storage.location);
  const as = (actions: readonly OssAction[]): Promise<Storage> => {
    const { id, secret } = oss.key(actions);
    return ossStorage(url, { env: { OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret } });
  };
  await expect((await as(['oss:PutObject'])).sweep('', old)).rejects.toMatchObject(denied('ListMultipartUploads'));
  const looker = await as(['oss:ListMultipartUploads']);
  await expect(looker.sweep('', old)).rejects.toMatchObject(denied('AbortMultipartUpload'));
  expect(await storage.sweep('', old)).toBe(1100);
  expect([...bucket.uploads.values()].filter(({ key }) => key.startsWith(prefix))).toEqual([]);
});

test('oss:// lists 2,600 objects in order, what others put there too, and no folders', async () => {
  const storage = await open();
  const prefix = new URL(storage.location).pathname.slice(1);
  const keys = Array.from({ length: 2600 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
  for (const key of [...keys, 'many/', "odd & <'ünïcode'> +%20?#"])
    bucket.put(`${prefix}/${key}`, Buffer.from('x'), {});
  const listed = await Array.fromAsync(storage.list(''));
  expect(listed.map(({ key }) => key)).toEqual([...keys, "odd & <'ünïcode'> +%20?#"]);
  await expect(storage.put('many/00000', new Blob(['mine']))).rejects.toMatchObject({ code: 'EXISTS' });
  await expect(storage.put('odd key', new Blob(['mine']))).rejects.toMatchObject({ code: 'FAILED' });
});

test('oss:// sends 300 MiB up and down in less than 250 MiB of memory', async () => {
  const url = `oss://snapshots/${crypto.randomUUID()}?region=${OSS_REGION}&endpoint=${oss.origin}`;
  const { id, secret } = oss.key();
  const { isWhole, peak } = await transferred(url, 300, { OSS_ACCESS_KEY_ID: id, OSS_ACCESS_KEY_SECRET: secret });
  expect(isWhole).toBe(true);
  expect(peak).toBeLessThan(250 * 1024 * 1024);
}, 60_000);
