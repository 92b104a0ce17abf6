import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AzblobOptions, azblobStorage } from '../../src/adapters/storage/azblob.ts';
import type { Storage } from '../../src/ports/storage.ts';
import { type AzureTokens, startAzureTokens } from '../support/servers/azure-tokens.ts';
import { type Azurite, startAzurite } from '../support/servers/azurite.ts';
import { storm } from '../support/servers/faults.ts';
import type { Loopback } from '../support/servers/loopback.ts';
import { relayTo } from '../support/servers/relay.ts';
import { stock } from '../support/stock.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { transferred } from '../support/transfer.ts';
import { storageContract } from './storage-contract.ts';
import { storageFaults } from './storage-faults.ts';

const LARGE = 20 * 1024 * 1024;

let azurite: Azurite;
let relay: Loopback;
let owner: StorageSharedKeyCredential;
let service: BlobServiceClient;

beforeAll(async () => {
  azurite = await startAzurite();
  relay = await relayTo(azurite.origin);
  owner = new StorageSharedKeyCredential(azurite.account, azurite.key);
  service = new BlobServiceClient(azurite.endpoint, owner);
  await service.createContainer('snapshots');
}, 30_000);

afterAll(async () => {
  await relay[Symbol.asyncDispose]();
  await azurite[Symbol.asyncDispose]();
});

interface Opening extends AzblobOptions {
  readonly in?: string;
  readonly origin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A storage of its own prefix, with the account's key in its environment unless told otherwise. */
function open({ in: name = 'snapshots', origin = azurite.origin, env, ...options }: Opening = {}): Promise<Storage> {
  const { account, key } = azurite;
  const url = new URL(`azblob://${name}/${crypto.randomUUID()}?account=${account}&endpoint=${origin}/${account}`);
  return azblobStorage(url, { env: env ?? { AZURE_STORAGE_KEY: key } }, options);
}

/** A shared access signature for the container, with these permissions. */
function signature(permissions: string): string {
  const expiresOn = new Date(Date.now() + 60 * 60 * 1000);
  const granted = ContainerSASPermissions.parse(permissions);
  return generateBlobSASQueryParameters(
    { containerName: 'snapshots', permissions: granted, expiresOn },
    owner,
  ).toString();
}

storageContract('azblob://', async () => ({
  storage: await open(),
  many: 1100,
  [Symbol.asyncDispose]: () => Promise.resolve(),
}));

storageFaults('azblob://', async (patience) => ({
  storage: await open({ origin: relay.origin, patience }),
  server: relay,
}));

describe('azblob:// says what is wrong', () => {
  test.each<[string, () => Opening, string, RegExp]>([
    [
      'a wrong key',
      () => ({ env: { AZURE_STORAGE_KEY: Buffer.from('not-the-one').toString('base64') } }),
      'DENIED',
      /AZURE_STORAGE_KEY/,
    ],
    [
      'a forged signature',
      () => ({ env: { AZURE_STORAGE_SAS_TOKEN: signature('rl').replace('sp=rl', 'sp=racwdl') } }),
      'DENIED',
      /AZURE_STORAGE_SAS_TOKEN/,
    ],
    ['a container that is not there', () => ({ in: 'no-such-container' }), 'NOT_FOUND', /make the container/],
    [
      'no permission',
      () => ({ env: { AZURE_STORAGE_SAS_TOKEN: signature('l') } }),
      'DENIED',
      /right to create and write/,
    ],
    ['nobody at the endpoint', () => ({ origin: 'http://127.0.0.1:9' }), 'UNAVAILABLE', /can be reached/],
  ])('%s', async (_what, opening, code, hint) => {
    const asked = opening();
    const storage = await open(asked);
    const error: unknown = await storage.put('a/x', new Blob(['x'])).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) as string });
    const said = inspect(error, { depth: 9, showHidden: true });
    for (const secret of [azurite.key, ...Object.values(asked.env ?? {})]) expect(said).not.toContain(secret);
    expect(said).not.toContain('sig=');
  });

  test('a container that is not there has nothing that could be gone from it', async () => {
    const storage = await open({ in: 'no-such-container' });
    await expect(storage.delete('a/x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(Array.fromAsync(storage.list(''))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a container that is deleted between two blocks', async () => {
    await service.createContainer('doomed');
    const storage = await open({ in: 'doomed', origin: relay.origin });
    let blocks = 0;
    using _fault = relay.inject(async () => {
      if (++blocks === 2) await service.deleteContainer('doomed');
      return false;
    });
    await expect(storage.put('a/x', new Blob([randomBytes(LARGE)]))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('how long the service wants to be left alone', async () => {
    const storage = await open({ origin: relay.origin });
    using _fault = relay.inject(({ request, response }) => {
      request.resume();
      response.writeHead(503, { 'retry-after': '7', 'content-length': '0' }).end();
      return true;
    });
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 7000 });
  });

  test.each([
    'azblob://key:secret@container/',
    'azblob://container/?secret=x',
    'azblob:///prefix',
    'azblob://container/?account=a&endpoint=nowhere',
    'azblob://container',
  ])('a URL that cannot be: %s', async (text) => {
    const env = { AZURE_STORAGE_KEY: azurite.key };
    await expect(azblobStorage(new URL(text), { env })).rejects.toMatchObject({ code: 'CONFIG' });
  });

  test('no credentials, and no identity', async () => {
    const nowhere = { origin: 'https://127.0.0.1:9', metadata: 'http://127.0.0.1:9' };
    const storage = await open({ env: {}, ...nowhere });
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringMatching(/AZURE_STORAGE_KEY.*AZURE_FEDERATED_TOKEN_FILE.*managed identity/) as string,
    });
  });
});

describe('azblob:// with an identity of Azure', () => {
  let secured: Azurite;
  let tokens: AzureTokens;
  let files: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeAll(async () => {
    files = await temporaryDirectory();
    const [cert, key] = [join(files.path, 'cert.pem'), join(files.path, 'key.pem')];
    const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    await stock('openssl', ['req', '-x509', ...curve, '-nodes', '-keyout', key, '-out', cert, ...name]);
    setDefaultCACertificates([...getCACertificates(), await readFile(cert, 'utf8')]);
    [secured, tokens] = await Promise.all([startAzurite({ cert, key }), startAzureTokens()]);
    const credential = new StorageSharedKeyCredential(secured.account, secured.key);
    await new BlobServiceClient(secured.endpoint, credential).createContainer('snapshots');
    await writeFile(join(files.path, 'token'), `${tokens.assertion}\n`);
    await writeFile(join(files.path, 'forged'), 'forged');
  }, 30_000);

  afterAll(async () => {
    await tokens[Symbol.asyncDispose]();
    await secured[Symbol.asyncDispose]();
    await files[Symbol.asyncDispose]();
  });

  const openAs = (env: Readonly<Record<string, string>>, metadata = tokens.origin): Promise<Storage> => {
    const { account, endpoint } = secured;
    const url = new URL(`azblob://snapshots/${crypto.randomUUID()}?account=${account}&endpoint=${endpoint}`);
    return azblobStorage(url, { env }, { metadata });
  };
  const principal = (): Record<string, string> => ({
    AZURE_AUTHORITY_HOST: `${tokens.origin}/`,
    AZURE_TENANT_ID: tokens.tenant,
    AZURE_CLIENT_ID: tokens.client,
  });
  const federated = (name: string) => ({ ...principal(), AZURE_FEDERATED_TOKEN_FILE: join(files.path, name) });
  const app = (header: string) => ({ IDENTITY_ENDPOINT: `${tokens.origin}/msi/token`, IDENTITY_HEADER: header });

  test.each<[string, () => Readonly<Record<string, string>>]>([
    ['a workload with a federated token', () => federated('token')],
    ['a service principal with a secret', () => ({ ...principal(), AZURE_CLIENT_SECRET: tokens.secret })],
    ['an app with a managed identity', () => app(tokens.header)],
    ['a machine with a managed identity', () => ({})],
    ['a machine with several', () => ({ AZURE_CLIENT_ID: tokens.client })],
  ])('stores as %s', async (_what, env) => {
    const storage = await openAs(env());
    await storage.put('a/x', new Blob(['x']));
    expect(await Array.fromAsync(storage.list(''))).toEqual([{ key: 'a/x', size: 1 }]);
  });

  test.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
    ['a wrong secret', () => ({ ...principal(), AZURE_CLIENT_SECRET: 'forged' }), /AZURE_TENANT_ID/],
    ['a token that is not taken in exchange', () => federated('forged'), /AZURE_TENANT_ID/],
    ['a token file that is not there', () => federated('none'), /AZURE_FEDERATED_TOKEN_FILE/],
    ['another identity than the machine has', () => ({ AZURE_CLIENT_ID: 'another' }), /assigned to this machine/],
  ])('says what is wrong with %s', async (_what, env, hint) => {
    const storage = await openAs(env());
    const error: unknown = await storage.put('a/x', new Blob(['x'])).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'DENIED', hint: expect.stringMatching(hint) as string });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('forged\n');
  });

  test('tries again when no token is to be had for the moment', async () => {
    using _fault = tokens.inject(storm());
    const storage = await openAs({ ...principal(), AZURE_CLIENT_SECRET: tokens.secret });
    await expect(storage.put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

test('azblob:// takes a connection string', async () => {
  const { account, key, endpoint } = azurite;
  const parts = [
    'DefaultEndpointsProtocol=http',
    `AccountName=${account}`,
    `AccountKey=${key}`,
    `BlobEndpoint=${endpoint}`,
  ];
  const storage = await open({ env: { AZURE_STORAGE_CONNECTION_STRING: parts.join(';') } });
  await storage.put('a/x', new Blob(['x']));
  expect(await Array.fromAsync(storage.list(''))).toEqual([{ key: 'a/x', size: 1 }]);
});

test('azblob:// needs no permission but to create, write and list, and cannot overwrite with them', async () => {
  const storage = await open({ env: { AZURE_STORAGE_SAS_TOKEN: signature('cwl') } });
  await storage.put('a/small', new Blob(['x']));
  await storage.put('a/large', new Blob([randomBytes(LARGE)]));
  await expect(storage.put('a/small', new Blob(['y']))).rejects.toMatchObject({ code: 'EXISTS' });
  await expect(storage.put('a/large', new Blob([randomBytes(LARGE)]))).rejects.toMatchObject({ code: 'EXISTS' });
  expect((await Array.fromAsync(storage.list(''))).map(({ key }) => key)).toEqual(['a/large', 'a/small']);
  const denied = (permission: string) => ({
    code: 'DENIED',
    hint: expect.stringContaining(`right to ${permission}`) as string,
  });
  await expect(storage.get('a/small')).rejects.toMatchObject(denied('read'));
  await expect(storage.delete('a/small')).rejects.toMatchObject(denied('delete'));
});

test('azblob:// lists what others put there too, and no folders', async () => {
  const storage = await open();
  const prefix = new URL(storage.location).pathname.slice(1);
  const container = service.getContainerClient('snapshots');
  for (const name of ['a/', 'a/theirs', "odd & <'ünïcode'> +%20?#"]) {
    await container.getBlockBlobClient(`${prefix}/${name}`).upload('x', 1);
  }
  const listed = await Array.fromAsync(storage.list(''));
  expect(listed.map(({ key }) => key)).toEqual(['a/theirs', "odd & <'ünïcode'> +%20?#"]);
  await expect(storage.put('a/theirs', new Blob(['mine']))).rejects.toMatchObject({ code: 'EXISTS' });
  await expect(storage.put('odd key', new Blob(['mine']))).rejects.toMatchObject({ code: 'FAILED' });
});

test('azblob:// sends 300 MiB up and down in less than 250 MiB of memory', async () => {
  const { account, key, endpoint } = azurite;
  const url = `azblob://snapshots/${crypto.randomUUID()}?account=${account}&endpoint=${endpoint}`;
  const { isWhole, peak } = await transferred(url, 300, { AZURE_STORAGE_KEY: key });
  expect(isWhole).toBe(true);
  expect(peak).toBeLessThan(250 * 1024 * 1024);
}, 60_000);
