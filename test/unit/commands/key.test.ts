import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Encrypter } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIdentityFile } from '../../../src/core/keys/identity-file.ts';
import { runCli } from '../../support/cli.ts';

const run = promisify(execFile);
const OTHER = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

let home: string;
let config: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clawback-key-'));
  config = join(home, '.config', 'clawback', 'config.json5');
  await mkdir(join(home, '.openclaw'));
  await writeFile(join(home, '.openclaw', 'openclaw.json'), '{}');
  await mkdir(join(home, 'nas'));
  expect((await cli('init', '--destination', './nas', '--instance', 'prod-1')).code).toBe(0);
});

afterEach(() => rm(home, { recursive: true }));

function cli(...argv: readonly string[]) {
  return runCli(argv, { env: { HOME: home }, cwd: home });
}

function recipients(text: string): readonly string[] {
  return text.match(/age1[a-z0-9]+/g) ?? [];
}

describe('key generate', () => {
  it('prints an identity file that stock age takes, and that names our signer', async () => {
    const { code, stdout } = await cli('key', 'generate');
    expect(code).toBe(0);
    await writeFile(join(home, 'new.txt'), stdout);
    expect((await run('age-keygen', ['-y', join(home, 'new.txt')])).stdout.trim()).toBe(recipients(stdout)[0]);
    const ours = await readFile(join(home, '.config', 'clawback', 'identity.txt'));
    const ask = () => Promise.reject(new Error('sealed'));
    expect((await readIdentityFile(Buffer.from(stdout), ask)).signers).toEqual(
      (await readIdentityFile(ours, ask)).signers,
    );
  });

  it('writes a new file for its owner alone, says the public key, and keeps the secret to itself', async () => {
    const { stdout } = await cli('key', 'generate', '--output', 'new.txt');
    expect(stdout).toContain('public key: age1');
    expect(stdout).not.toContain('AGE-SECRET-KEY');
    expect((await stat(join(home, 'new.txt'))).mode & 0o777).toBe(0o600);
    expect((await cli('key', 'generate', '--output', 'new.txt')).code).toBe(1);
  });

  it('needs no config', async () => {
    await rm(config);
    expect(await cli('key', 'generate', '--post-quantum')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('AGE-SECRET-KEY-PQ-1') as string,
    });
    expect(await cli('key', 'generate', '--signing')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ed25519-secret:') as string,
    });
  });
});

describe('key kit', () => {
  it("prints a kit for this host's identity, which is an identity file too", async () => {
    const { code, stdout } = await cli('key', 'kit');
    expect(code).toBe(0);
    expect(stdout).toContain('clawback restore latest --kit kit.txt --in-place');
    expect(stdout).toContain(`# destination: file://${home}/nas (main)`);
    await writeFile(join(home, 'kit.txt'), stdout);
    const [kit, own] = await Promise.all(
      [join(home, 'kit.txt'), join(home, '.config/clawback/identity.txt')].map((file) =>
        run('age-keygen', ['-y', file]),
      ),
    );
    expect(kit?.stdout).toBe(own?.stdout);
  });

  it('writes a page to print, for its owner alone, once, and that page is an identity file and a kit again', async () => {
    expect((await cli('key', 'kit', '--output', 'kit.html')).code).toBe(0);
    const page = await readFile(join(home, 'kit.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect((await stat(join(home, 'kit.html'))).mode & 0o777).toBe(0o600);
    expect(await cli('key', 'kit', '--output', 'kit.html')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('never overwritten') as string,
    });
    expect(await readFile(join(home, 'kit.html'), 'utf8')).toBe(page);
    const [text, again] = await Promise.all([cli('key', 'kit'), cli('key', 'kit', '--identity', 'kit.html')]);
    const secret = /^AGE-SECRET-KEY-.*$/m.exec(text.stdout)?.[0] ?? 'none';
    expect(again.stdout).toContain(secret);
    expect(page).toContain(secret);
  });

  it('takes the identity from standard input', async () => {
    const input = (await cli('key', 'generate')).stdout;
    const { stdout } = await runCli(['key', 'kit', '--identity', '-'], { env: { HOME: home }, cwd: home, input });
    expect(stdout).toContain(/^AGE-SECRET-KEY-.*$/m.exec(input)?.[0]);
  });

  it('opens an identity file that is sealed with a passphrase, if somebody says it', async () => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase('four random words here');
    encrypter.setScryptWorkFactor(10);
    await writeFile(join(home, 'sealed.age'), await encrypter.encrypt((await cli('key', 'generate')).stdout));
    const kit = ['key', 'kit', '--identity', 'sealed.age'];
    const env = { HOME: home, CLAWBACK_PASSPHRASE: 'four random words here' };
    expect((await runCli(kit, { env, cwd: home })).code).toBe(0);
    expect((await runCli(kit, { env: { ...env, CLAWBACK_PASSPHRASE: 'wrong' }, cwd: home })).code).toBe(6);
    expect(await cli(...kit)).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('CLAWBACK_PASSPHRASE') as string,
    });
  });

  it('says where the secret is when this host has none', async () => {
    const text = await readFile(config, 'utf8');
    await writeFile(config, text.replace(/^ {2}identity:.*\n/m, ''));
    expect(await cli('key', 'kit')).toMatchObject({ code: 6, stderr: expect.stringContaining('--identity') as string });
  });
});

describe('key add and remove', () => {
  it('change the list of recipients and nothing else', async () => {
    const before = await readFile(config, 'utf8');
    const added = await cli('key', 'add', OTHER);
    expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('sealed to 3 recipients') as string });
    expect(recipients(await readFile(config, 'utf8'))).toEqual([...recipients(before), OTHER]);
    expect((await cli('key', 'remove', OTHER)).stdout).toContain('still opens every snapshot that was taken before');
    expect(await readFile(config, 'utf8')).toBe(before);
    expect((await stat(config)).mode & 0o777).toBe(0o600);
  });

  it('refuse to leave no recipient', async () => {
    const [first = '', second = ''] = recipients(await readFile(config, 'utf8'));
    expect((await cli('key', 'remove', first)).code).toBe(0);
    const text = await readFile(config, 'utf8');
    expect(await cli('key', 'remove', second)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the only recipient') as string,
    });
    expect(await readFile(config, 'utf8')).toBe(text);
  });

  it.each([
    ['garbage', 'add', 'age1zzz', 2],
    ['a post-quantum key beside classical ones', 'add', `age1pq1${'q'.repeat(20)}`, 2],
    ['a stranger', 'remove', OTHER, 7],
  ])('refuse %s', async (_, verb, recipient, exit) => {
    const before = await readFile(config, 'utf8');
    expect((await cli('key', verb, recipient)).code).toBe(exit);
    expect(await readFile(config, 'utf8')).toBe(before);
  });

  it('refuse to edit a file that the environment overrules', async () => {
    const env = { HOME: home, CLAWBACK_RECIPIENTS: OTHER };
    expect(await runCli(['key', 'remove', OTHER], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('CLAWBACK_RECIPIENTS') as string,
    });
  });
});
