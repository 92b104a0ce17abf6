import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Storage as GoogleStorage } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type GsOptions, gsStorage } from '../../src/adapters/storage/gs.ts';
import type { Storage } from '../../src/ports/storage.ts';
import { ALL_PERMISSIONS } from '../support/servers/gcs-access.ts';
import type { GcsBucket } from '../support/servers/gcs-bucket.ts';
import { type Gcs, startGcs } from '../support/servers/gcs.ts';
import { bufferOf } from '../support/snapshots.ts';
import { stock } from '../support/stock.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { transferred } from '../support/transfer.ts';
import { storageContract } from './storage-contract.ts';
import { storageFaults } from './storage-faults.ts';

const LARGE = 20 * 1024 * 1024;

let gcs: Gcs;
let bucket: GcsBucket;
let credentials: string;
let files: AsyncDisposable & { readonly path: string };

beforeAll(async () => {
  gcs = await startGcs();
  bucket = gcs.makeBucket('snapshots');
  files = await temporaryDirectory();
  credentials = await gcs.credentials(files.path);
});

afterAll(async () => {
  await gcs[Symbol.asyncDispose]();
  await files[Symbol.asyncDispose]();
});

interface Opening extends GsOptions {
  readonly in?: string;
  /** Path of the credential file. */
  readonly as?: string;
}

/** A storage of its own prefix, with credentials where Google's library looks for them. */
function open({ in: name = 'snapshots', as = credentials, ...options }: Opening = {}): Promise<Storage> {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', as);
  return gsStorage(new URL(`gs://${name}/${crypto.randomUUID()}?endpoint=${gcs.origin}`), options);
}

storageContract('gs://', async () => ({ storage: await open(), [Symbol.asyncDispose]: () => Promise.resolve() }));

storageFaults('gs://', async (patience) => ({
  storage: await open({ patience }),
  server: gcs,
  unfinished: () => gcs.uploads.unfinished,
}));

describe('gs:// says what is wrong', () => {
  test.each<[string, () => Opening | Promise<Opening>, string, RegExp]>([
    [
      'a token that is not taken in exchange',
      async () => {
        const as = await gcs.credentials(files.path);
        await writeFile(as.replace('.json', '.token'), 'forged');
        return { as };
      },
      'DENIED',
      /GOOGLE_APPLICATION_CREDENTIALS/,
    ],
    ['no credential file', () => ({ as: join(files.path, 'none.json') }), 'DENIED', /GOOGLE_APPLICATION_CREDENTIALS/],
    ['a bucket that is not there', () => ({ in: 'no-such-bucket' }), 'NOT_FOUND', /make the bucket/],
    [
      'no permission',
      async () => ({ as: await gcs.credentials(files.path, ['storage.objects.list']) }),
      'DENIED',
      /storage\.objects\.create/,
    ],
  ])('%s', async (_what, opening, code, hint) => {
    const storage = await open(await opening());
    const error: unknown = await storage.put('a/x', new Blob(['x'])).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) as string });
    const said = inspect(error, { depth: 9, showHidden: true });
    for (const secret of ['ya29.', 'forged', 'subject_token=']) expect(said).not.toContain(secret);
  });

  test('a bucket that is not there has nothing that could be gone from it', async () => {
    const storage = await open({ in: 'no-such-bucket' });
    await expect(storage.delete('a/x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(Array.fromAsync(storage.list(''))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a bucket that is deleted between two parts', async () => {
    const doomed = gcs.makeBucket('doomed');
    const storage = await open({ in: doomed.name });
    using _fault = gcs.inject(({ request }) => {
      if (request.method === 'PUT') gcs.buckets.delete(doomed.name);
      return false;
    });
    await expect(storage.put('a/x', new Blob([randomBytes(LARGE)]))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('how long the service wants to be left alone', async () => {
    const storage = await open();
    await storage.delete('a/warm');
    using _fault = gcs.inject(({ response }) => {
      response.writeHead(429, { 'retry-after': '7' }).end();
      return true;
    });
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 7000 });
  });

  test.each(['gs://key:secret@bucket/', 'gs://bucket/?secret=x', 'gs:///prefix', 'gs://bucket/?endpoint=nowhere'])(
    'a URL that cannot be: %s',
    async (text) => {
      await expect(gsStorage(new URL(text))).rejects.toMatchObject({ code: 'CONFIG' });
    },
  );
});

test('gs:// needs no right but to create and to list, and cannot overwrite with them', async () => {
  const as = await gcs.credentials(files.path, ['storage.objects.create', 'storage.objects.list']);
  const storage = await open({ as });
  await storage.put('a/small', new Blob(['x']));
  await storage.put('a/large', new Blob([randomBytes(LARGE)]));
  await expect(storage.put('a/small', new Blob(['y']))).rejects.toMatchObject({ code: 'EXISTS' });
  expect((await Array.fromAsync(storage.list(''))).map(({ key }) => key)).toEqual(['a/large', 'a/small']);
  const denied = (permission: string) => ({ code: 'DENIED', hint: expect.stringContaining(permission) as string });
  await expect(storage.get('a/small')).rejects.toMatchObject(denied('storage.objects.get'));
  await expect(storage.delete('a/small')).rejects.toMatchObject(denied('storage.objects.delete'));
});

test('gs:// lists 2,600 objects in order, what others put there too, and no folders', async () => {
  const storage = await open();
  const prefix = new URL(storage.location).pathname.slice(1);
  const permissions = new Set(ALL_PERMISSIONS);
  const plant = (key: string) =>
    bucket.insert({ key: `${prefix}/${key}`, claims: {}, query: new URLSearchParams(), permissions }, []);
  const keys = Array.from({ length: 2600 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
  for (const key of [...keys, 'many/', "odd & 'ünïcode' +%20?#"]) plant(key);
  const listed = await Array.fromAsync(storage.list(''));
  expect(listed.map(({ key }) => key)).toEqual([...keys, "odd & 'ünïcode' +%20?#"]);
  await expect(storage.put('many/00000', new Blob(['mine']))).rejects.toMatchObject({ code: 'EXISTS' });
  await expect(storage.put('odd key', new Blob(['mine']))).rejects.toMatchObject({ code: 'FAILED' });
});

describe('gs:// and others agree', () => {
  test("Google's own client sees what it put, and it reads what that client put", async () => {
    const storage = await open();
    const prefix = new URL(storage.location).pathname.slice(1);
    const there = { projectId: 'none', apiEndpoint: gcs.origin, useAuthWithCustomEndpoint: true };
    const theirs = new GoogleStorage(there).bucket('snapshots');
    const bytes = randomBytes(LARGE);

    await storage.put('a/ours', new Blob([bytes]));
    const [{ md5Hash }] = await theirs.file(`${prefix}/a/ours`).getMetadata();
    expect(md5Hash).toBe(createHash('md5').update(bytes).digest('base64'));

    const file = theirs.file(`${prefix}/a/theirs`);
    const [uri] = await file.createResumableUpload({ preconditionOpts: { ifGenerationMatch: 0 } });
    await file.save(bytes, { uri, chunkSize: 8 * 1024 * 1024, validation: 'crc32c' });
    expect((await bufferOf(await storage.get('a/theirs'))).equals(bytes)).toBe(true);
  });

  test("Debian's rclone lists and downloads what it put, byte for byte", async () => {
    const storage = await open();
    const bytes = randomBytes(LARGE);
    await storage.put('a/large', new Blob([bytes]));
    await storage.put('a/small', new Blob(['x']));
    const token = {
      access_token: gcs.access.bearer(ALL_PERMISSIONS),
      token_type: 'Bearer',
      expiry: '2099-01-01T00:00:00Z',
    };
    const config = join(files.path, 'rclone.conf');
    await writeFile(
      config,
      `[gcs]\ntype = google cloud storage\nendpoint = ${gcs.origin}/storage/v1/\ntoken = ${JSON.stringify(token)}\n`,
    );
    const remote = `gcs:snapshots${new URL(storage.location).pathname}/a`;
    const rclone = (...words: string[]) => stock('rclone', ['--config', config, ...words]);
    expect((await rclone('lsf', '--format', 'ps', remote)).toString()).toBe(`large;${LARGE}\nsmall;1\n`);
    expect((await rclone('cat', `${remote}/large`)).equals(bytes)).toBe(true);
  });
});

test('gs:// sends 300 MiB up and down in less than 250 MiB of memory', async () => {
  const url = `gs://snapshots/${crypto.randomUUID()}?endpoint=${gcs.origin}`;
  const { isWhole, peak } = await transferred(url, 300, { GOOGLE_APPLICATION_CREDENTIALS: credentials });
  expect(isWhole).toBe(true);
  expect(peak).toBeLessThan(250 * 1024 * 1024);
}, 60_000);
