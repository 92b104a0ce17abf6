import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Decrypter, Encrypter } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatIdentityFile, readIdentityFile } from '../../../../src/core/keys/identity-file.ts';
import { generateIdentity, recipientOf } from '../../../../src/core/keys/identity.ts';
import { formatKit } from '../../../../src/core/keys/kit.ts';
import { writeSecretFile } from '../../../../src/core/keys/secret-file.ts';
import { generateSigningSecret, publicKeyOf } from '../../../../src/core/keys/signing.ts';

const run = promisify(execFile);
const SIGNER = publicKeyOf(generateSigningSecret());
const FACTS = { createdAt: '2026-11-22T20:34:37Z', signers: [SIGNER] };
const noPassphrase = () => Promise.reject(new Error('nobody should ask for a passphrase'));

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawback-keys-'));
});

afterEach(() => rm(directory, { recursive: true }));

function read(text: string) {
  return readIdentityFile(Buffer.from(text), noPassphrase);
}

describe('our identity file', () => {
  it('is one that stock age decrypts with', async () => {
    const identity = await generateIdentity('x25519');
    await writeFile(join(directory, 'identity.txt'), await formatIdentityFile(identity, FACTS));
    const encrypter = new Encrypter();
    encrypter.addRecipient(await recipientOf(identity));
    await writeFile(join(directory, 'sealed.age'), await encrypter.encrypt('the state'));
    const { stdout } = await run('age', ['-d', '-i', 'identity.txt', 'sealed.age'], { cwd: directory });
    expect(stdout).toBe('the state');
  });

  it('names its public key as stock age-keygen does', async () => {
    const identity = await generateIdentity('x25519');
    await writeFile(join(directory, 'identity.txt'), await formatIdentityFile(identity, FACTS));
    const { stdout } = await run('age-keygen', ['-y', 'identity.txt'], { cwd: directory });
    expect(stdout.trim()).toBe(await recipientOf(identity));
    expect(await formatIdentityFile(identity, FACTS)).toContain(`# public key: ${stdout.trim()}\n`);
  });

  it.each(['x25519', 'hybrid'] as const)('gives back a %s identity and its signer', async (kind) => {
    const identity = await generateIdentity(kind);
    expect(await read(await formatIdentityFile(identity, FACTS))).toEqual({
      identities: [identity],
      signers: [SIGNER],
    });
  });
});

it('the recovery kit is an identity file, for us and for stock age', async () => {
  const secret = await generateIdentity('x25519');
  const recipient = await recipientOf(secret);
  const destinations = [{ name: 'nas', url: new URL('file:///mnt/nas') }];
  const kit = formatKit({
    instance: 'prod-1',
    createdAt: FACTS.createdAt,
    recipients: [recipient],
    identity: { secret, recipient },
    signer: SIGNER,
    destinations,
  });
  expect(await read(kit)).toEqual({ identities: [secret], signers: [SIGNER] });
  await writeFile(join(directory, 'kit.txt'), kit);
  expect((await run('age-keygen', ['-y', 'kit.txt'], { cwd: directory })).stdout.trim()).toBe(recipient);
  expect(kit).toContain('clawback restore latest --kit kit.txt --in-place');
});

describe('reading an identity file', () => {
  it('takes one made by stock age-keygen, and opens what stock age sealed to it', async () => {
    await run('age-keygen', ['-o', 'theirs.txt'], { cwd: directory });
    const { identities, signers } = await read(await readFile(join(directory, 'theirs.txt'), 'utf8'));
    expect(signers).toEqual([]);
    const [identity] = identities;
    if (identity === undefined) throw new Error('no identity was read');
    await writeFile(join(directory, 'plain'), 'the state');
    await run('age', ['-r', await recipientOf(identity), '-o', 'sealed.age', 'plain'], { cwd: directory });
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(await decrypter.decrypt(await readFile(join(directory, 'sealed.age')), 'text')).toBe('the state');
  });

  it('takes several identities, comments, blank lines and Windows line ends', async () => {
    const [a, b] = [await generateIdentity('x25519'), await generateIdentity('x25519')];
    const text = `# first\r\n${a}\r\n\r\n# clawback signer: ${SIGNER}\r\n${b}\r\n`;
    expect(await read(text)).toEqual({ identities: [a, b], signers: [SIGNER] });
  });

  it.each([false, true])('takes one sealed with a passphrase (armored: %s)', async (armored) => {
    const { armor } = await import('age-encryption');
    const identity = await generateIdentity('x25519');
    const encrypter = new Encrypter();
    encrypter.setPassphrase('four random words here');
    encrypter.setScryptWorkFactor(10);
    const sealed = await encrypter.encrypt(await formatIdentityFile(identity, FACTS));
    const bytes = armored ? Buffer.from(armor.encode(sealed)) : sealed;
    expect(await readIdentityFile(bytes, () => Promise.resolve('four random words here'))).toMatchObject({
      identities: [identity],
    });
    await expect(readIdentityFile(bytes, () => Promise.resolve('wrong'))).rejects.toMatchObject({
      code: 'NO_IDENTITY',
    });
  });

  it('names the line that is no identity, and keeps its text to itself', async () => {
    const mistyped = (await generateIdentity('x25519')).replace(/.$/, 'B');
    const error: unknown = await read(`# a\n\n${mistyped}\n`).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'CONFIG', message: expect.stringContaining('line 3') as string });
    expect(String(error)).not.toContain(mistyped.slice(20, 40));
  });

  it.each(['', '# only comments\n'])('refuses a file without one: %j', async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'CONFIG' });
  });
});

describe('a secret file', () => {
  it('and the directory made for it are for their owner alone', async () => {
    const path = join(directory, 'new', 'identity.txt');
    await writeSecretFile(path, 'secret\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'new'))).mode & 0o777).toBe(0o700);
  });

  it('is never overwritten', async () => {
    const path = join(directory, 'identity.txt');
    await writeSecretFile(path, 'first\n');
    await expect(writeSecretFile(path, 'second\n')).rejects.toMatchObject({ code: 'EXISTS' });
    expect(await readFile(path, 'utf8')).toBe('first\n');
  });
});
