import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InitResult } from '../../../src/commands/init.ts';
import { loadConfig } from '../../../src/core/config.ts';
import { readIdentityFile } from '../../../src/core/keys/identity-file.ts';
import { runCli } from '../../support/cli.ts';

const run = promisify(execFile);
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

let home: string;
let directory: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clawback-init-'));
  directory = join(home, '.config', 'clawback');
  await mkdir(join(home, '.openclaw', 'state'), { recursive: true });
  await writeFile(join(home, '.openclaw', 'openclaw.json'), '{}');
  await mkdir(join(home, 'nas'));
});

afterEach(() => rm(home, { recursive: true }));

function init(...flags: readonly string[]) {
  return runCli(['init', ...flags], { env: { HOME: home }, cwd: home });
}

async function initJson(...flags: readonly string[]): Promise<InitResult> {
  const { code, stdout, stderr } = await init('--json', ...flags);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as InitResult;
}

async function configuration() {
  const config = await loadConfig({ file: join(directory, 'config.json5'), named: true, env: {}, home });
  if (config === null) throw new Error('init wrote no config');
  return config;
}

function identitiesIn(name: string) {
  return readFile(join(directory, name)).then((bytes) =>
    readIdentityFile(bytes, () => Promise.reject(new Error('sealed'))),
  );
}

describe('init with a destination alone', () => {
  it('writes a config that is read back as what it reports', async () => {
    const result = await initJson('--destination', 'nas=./nas', '--instance', 'prod-1');
    expect(await configuration()).toMatchObject({
      instance: 'prod-1',
      stateDir: join(home, '.openclaw'),
      recipients: result.recipients,
      identity: result.identity,
      signingKey: result.signingKey,
      destinations: [{ name: 'nas', url: pathToFileURL(join(home, 'nas')) }],
    });
  });

  it("seals to this host's identity and to the one that only the recovery kit has", async () => {
    const { recipients, identity, kit } = await initJson('--destination', './nas');
    if (identity === null || kit === null) throw new Error('init made no identities');
    const keys = await Promise.all([identity, kit].map((file) => run('age-keygen', ['-y', file])));
    expect(keys.map(({ stdout }) => stdout.trim())).toEqual(recipients);
    const [secret] = (await identitiesIn('recovery-kit.txt')).identities;
    const others = (await readdir(directory)).filter((name) => name !== 'recovery-kit.txt');
    for (const name of others) expect(await readFile(join(directory, name), 'utf8')).not.toContain(secret);
  });

  it('tells both identity files whom to trust', async () => {
    const { signer } = await initJson('--destination', './nas');
    expect((await identitiesIn('identity.txt')).signers).toEqual([signer]);
    expect((await identitiesIn('recovery-kit.txt')).signers).toEqual([signer]);
  });

  it('keeps everything it writes for its owner alone', async () => {
    await initJson('--destination', './nas');
    const names = await readdir(directory);
    expect(names.sort()).toEqual(['config.json5', 'identity.txt', 'recovery-kit.txt', 'signing-key.txt']);
    for (const name of names) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('says what is lost with the identity, and what to do next', async () => {
    const { stdout } = await init('--destination', './nas', '--yes');
    expect(stdout).toContain('If every identity is lost, the snapshots are lost');
    expect(stdout).toContain('clawback backup');
    expect(stdout).not.toContain('AGE-SECRET-KEY');
  });

  it('makes post-quantum identities when asked', async () => {
    const { recipients } = await initJson('--destination', './nas', '--post-quantum');
    expect(recipients.every((recipient) => recipient.startsWith('age1pq1'))).toBe(true);
    await configuration();
  });
});

it('init with recipients makes no identity, so that this host can only write', async () => {
  const result = await initJson('--destination', './nas', '--recipient', RECIPIENT);
  expect(result).toMatchObject({ identity: null, kit: null, recipients: [RECIPIENT] });
  expect((await readdir(directory)).sort()).toEqual(['config.json5', 'signing-key.txt']);
});

describe('init refuses', () => {
  it.each([
    ['no destination', [], 2, 'no destination is given'],
    ['a destination that is no URL', ['--destination', 'nas'], 2, 'not a storage location'],
    ['a destination that is not there', ['--destination', './unmounted/claw'], 1, 'is not there'],
    ['a scheme nobody speaks', ['--destination', 'gopher://x/y'], 2, 'no storage speaks gopher://'],
    [
      'two destinations of one name',
      ['--destination', 'a=/x', '--destination', 'a=/y'],
      2,
      'two destinations have the same name',
    ],
    [
      'a bad recipient',
      ['--destination', './nas', '--recipient', RECIPIENT, '--recipient', 'age1x'],
      2,
      'recipient 2 of 2',
    ],
    ['an instance that is no key', ['--destination', './nas', '--instance', 'a/b'], 2, 'not an instance name'],
    ['a state directory that is missing', ['--destination', './nas', '--state-dir', 'nowhere'], 1, 'does not exist'],
    [
      'a destination within the state directory',
      ['--destination', './.openclaw/backups'],
      2,
      'would lie within the state directory',
    ],
  ])('%s, and leaves nothing behind', async (_, flags, exit, message) => {
    const { code, stderr } = await init(...flags);
    expect(code).toBe(exit);
    expect(stderr).toContain(message);
    expect(existsSync(directory)).toBe(false);
  });

  it('a destination that a link leads into the state directory', async () => {
    await symlink(join(home, '.openclaw'), join(home, 'elsewhere'));
    const { code, stderr } = await init('--destination', './elsewhere/backups/deep');
    expect(code).toBe(2);
    expect(stderr).toContain('would lie within the state directory');
  });

  it('to overwrite a config', async () => {
    await initJson('--destination', './nas');
    const before = await readFile(join(directory, 'config.json5'), 'utf8');
    const { code, stderr } = await init('--destination', './nas');
    expect(code).toBe(1);
    expect(stderr).toContain('there is a config already');
    expect(await readFile(join(directory, 'config.json5'), 'utf8')).toBe(before);
  });

  it('to overwrite an identity, and takes back what it wrote before', async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'identity.txt'), 'precious');
    const { code, stderr } = await init('--destination', './nas');
    expect(code).toBe(1);
    expect(stderr).toContain('never overwritten');
    expect(await readdir(directory)).toEqual(['identity.txt']);
    expect(await readFile(join(directory, 'identity.txt'), 'utf8')).toBe('precious');
  });
});
