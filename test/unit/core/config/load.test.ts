import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/core/config.ts';
import { USUAL_SCHEDULE } from '../../../../src/core/config/config.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
const MINIMUM = `instance: 'prod-1', recipients: ['${RECIPIENT}'], destinations: { nas: '/mnt/nas' },`;

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawback-config-'));
  file = join(directory, 'config.json5');
});

afterEach(() => rm(directory, { recursive: true }));

async function load(text: string, env: Record<string, string> = {}) {
  await writeFile(file, text);
  return loadConfig({ file, named: true, env, home: '/home/ada' });
}

describe('a config file', () => {
  it('needs only an instance, a recipient and a destination', async () => {
    expect(await load(`{ ${MINIMUM} }`)).toMatchObject({
      file,
      instance: 'prod-1',
      stateDir: null,
      recipients: [RECIPIENT],
      identity: null,
      signingKey: join(directory, 'signing-key.txt'),
      destinations: [{ name: 'nas', url: new URL('file:///mnt/nas') }],
      environment: 'sealed',
    });
  });

  it('may have every key of the documentation', async () => {
    const config = await load(`{ ${MINIMUM}
      stateDir: '~/.openclaw', identity: 'identity.txt', signingKey: '/etc/claw/key.txt',
      signer: 'ed25519:${'A'.repeat(43)}', exclude: ['logs/**'], include: ['tmp/keep'], environment: 'names',
      schedule: { backup: '17 * * * *', verify: '0 4 * * 0', prune: '30 4 * * *', drill: '0 9 1 1,4,7,10 *', timezone: 'Asia/Shanghai', jitter: '5m' },
      retention: { last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 3, minKeep: 3 },
      full: { every: '7d', whenDifferentialExceeds: 0.5 },
      notify: { chat: { url: 'https://example.org/hook', on: ['failure', 'overdue', 'drill'] } },
      hooks: { beforeBackup: ['sync'] } }`);
    expect(config).toMatchObject({
      stateDir: '/home/ada/.openclaw',
      identity: join(directory, 'identity.txt'),
      signingKey: '/etc/claw/key.txt',
      schedule: { backup: '17 * * * *', timezone: 'Asia/Shanghai', jitter: 300_000 },
      full: { every: 604_800_000 },
      notify: [{ name: 'chat', kind: 'webhook', secret: null, on: ['failure', 'overdue', 'drill'] }],
      hooks: { beforeBackup: ['sync'], afterBackup: [] },
    });
  });

  it('is on schedule unless it says otherwise, key by key', async () => {
    expect(await load(`{ ${MINIMUM} }`)).toMatchObject({ schedule: USUAL_SCHEDULE });
    const config = await load(`{ ${MINIMUM} schedule: { backup: '0 3 * * *', drill: null, busy: 'skip' } }`);
    expect(config?.schedule).toEqual({ ...USUAL_SCHEDULE, backup: '0 3 * * *', drill: null, busy: 'skip' });
  });

  it('takes variables from the environment, and a doubled dollar as itself', async () => {
    const text = `{ ${MINIMUM} stateDir: '/data/\${NAME}', hooks: { beforeBackup: ['echo $\${HOME}'] } }`;
    const config = await load(text, { NAME: 'claw' });
    expect(config).toMatchObject({ stateDir: '/data/claw', hooks: { beforeBackup: ['echo ${HOME}'] } });
  });

  it('may begin with a byte order mark and have Windows line ends', async () => {
    expect(await load(`\uFEFF{\r\n// a comment\r\n${MINIMUM}\r\n}`)).toMatchObject({ instance: 'prod-1' });
  });

  it.each([
    ['an unknown key', `{ ${MINIMUM}\n\n retentoin: {} }`, 'line 3: unknown key retentoin', 'did you mean retention?'],
    [
      'an unknown nested key',
      `{ ${MINIMUM}\n schedule: {\n backups: '1' } }`,
      'line 3: unknown key schedule.backups',
      'did you mean backup?',
    ],
    [
      'a key like no other',
      `{ ${MINIMUM}\n full: { zzzzzz: 1 } }`,
      'line 2: unknown key full.zzzzzz',
      'every, whenDifferentialExceeds',
    ],
    [
      'a mistyped required key',
      `{ instance: 'a', destinations: { a: '/b' },\n recipient: [] }`,
      'line 2: unknown key recipient',
      'did you mean recipients?',
    ],
    [
      'a missing key',
      `{\n instance: 'a', destinations: { a: '/b' } }`,
      'line 1: the key recipients is missing',
      'add recipients',
    ],
    ['a wrong type', `{ ${MINIMUM}\n exclude: 'logs' }`, 'line 2: exclude: expected array, received string', undefined],
    [
      'a wrong type in a list',
      `{ ${MINIMUM}\n exclude: ['logs',\n 7] }`,
      'line 3: exclude.1: expected string, received number',
      undefined,
    ],
    [
      'a word that is no choice',
      `{ ${MINIMUM}\n environment: 'open' }`,
      'line 2: environment: expected one of',
      undefined,
    ],
    [
      'no recipient',
      `{ instance: 'a', destinations: { a: '/b' },\n recipients: [] }`,
      'line 2: recipients: no recipient',
      'key generate',
    ],
    [
      'a bad recipient',
      `{ instance: 'a', destinations: { a: '/b' },\n recipients: ['${RECIPIENT}', 'age1xyz'] }`,
      'recipient 2 of 2: not an age recipient',
      'copied whole',
    ],
    [
      'no destination',
      `{ instance: 'a', recipients: ['${RECIPIENT}'],\n destinations: {} }`,
      'line 2: destinations: no destination',
      'add one',
    ],
    [
      'a location that is no URL',
      `{ instance: 'a', recipients: ['${RECIPIENT}'],\n destinations: { x: 'nas' } }`,
      'line 2: destinations.x: not a storage location: nas',
      'URL',
    ],
    [
      'an instance with a slash',
      `{ recipients: ['${RECIPIENT}'], destinations: { a: '/b' },\n instance: 'a/b' }`,
      'line 2: instance: not an instance name',
      'lower case letters',
    ],
    [
      'a cron expression of four fields',
      `{ ${MINIMUM}\n schedule: { backup: '1 * * *' } }`,
      'line 2: schedule.backup: not a cron expression',
      'minute',
    ],
    [
      'a time zone that is none',
      `{ ${MINIMUM}\n schedule: { timezone: 'Mars/Olympus' } }`,
      'line 2: schedule.timezone: not a time zone',
      'IANA',
    ],
    [
      'a duration without a unit',
      `{ ${MINIMUM}\n full: { every: '7' } }`,
      'line 2: full.every: not a duration',
      'write a number and',
    ],
    ['a negative count', `{ ${MINIMUM}\n retention: { last: -1 } }`, 'line 2: retention.last: too small', undefined],
    [
      'a variable that is not set',
      `{ ${MINIMUM}\n stateDir: '\${NOWHERE}' }`,
      'line 2: the variable NOWHERE is not set',
      'set NOWHERE',
    ],
    ['a missing comma', `{ instance: 'a'\n recipients: [] }`, 'line 2, column 2: invalid character', 'missing comma'],
    ['an end that comes too soon', `{ instance: 'a',\n`, 'invalid end of input', 'bracket'],
    ['a list instead of an object', '[]', 'line 1: the config: expected object, received array', undefined],
  ])('with %s is refused, naming its place', async (_, text, message, hint) => {
    const expected: Record<string, unknown> = { code: 'CONFIG', message: expect.stringContaining(message) };
    if (hint !== undefined) expected['hint'] = expect.stringContaining(hint);
    await expect(load(text)).rejects.toMatchObject(expected);
  });

  it('with a password in a location is refused without repeating the password', async () => {
    const text = `{ instance: 'a', recipients: ['${RECIPIENT}'], destinations: { x: 'webdavs://ada:hunter2@host/x' } }`;
    const error: unknown = await load(text).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('a password stands in the location') as string,
    });
    expect(String(error)).not.toContain('hunter2');
  });

  it('with a secret key among the recipients is refused without repeating it', async () => {
    const secret = 'AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ';
    const error: unknown = await load(`{ instance: 'a', recipients: ['${secret}'], destinations: { x: '/y' } }`).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: 'CONFIG', message: expect.stringContaining('secret key') as string });
    expect(String(error)).not.toContain('QQQQ');
  });
});

describe('without a config file', () => {
  const request = (env: Record<string, string>, named = false) => ({ file, named, env, home: '/home/ada' });

  it('there is no config', async () => {
    expect(await loadConfig(request({ CLAWBACK_IDENTITY: '/key' }))).toBeNull();
  });

  it('a file that a person named is an error', async () => {
    await expect(loadConfig(request({}, true))).rejects.toMatchObject({
      code: 'CONFIG',
      hint: expect.stringContaining('clawback init') as string,
    });
  });

  it('the environment is enough for a container', async () => {
    const env = {
      CLAWBACK_INSTANCE: 'prod-1',
      CLAWBACK_STATE_DIR: '/data/openclaw',
      CLAWBACK_DESTINATIONS: 'nas=file:///mnt/nas, s3://bucket/claw?region=eu-central-1',
      CLAWBACK_RECIPIENTS: RECIPIENT,
      CLAWBACK_IDENTITY: '/run/secrets/identity',
      CLAWBACK_SIGNING_KEY: '/run/secrets/signing',
      CLAWBACK_SCHEDULE: '17 * * * *',
      CLAWBACK_TIMEZONE: 'Asia/Shanghai',
    };
    expect(await loadConfig(request(env))).toMatchObject({
      file: null,
      instance: 'prod-1',
      stateDir: '/data/openclaw',
      destinations: [{ name: 'nas' }, { name: 'main-2', url: new URL('s3://bucket/claw?region=eu-central-1') }],
      recipients: [RECIPIENT],
      identity: '/run/secrets/identity',
      signingKey: '/run/secrets/signing',
      schedule: { backup: '17 * * * *', timezone: 'Asia/Shanghai' },
    });
  });

  it('keys themselves may stand in the variables, and are not taken for paths', async () => {
    const env = {
      CLAWBACK_INSTANCE: 'prod-1',
      CLAWBACK_DESTINATIONS: '/mnt/nas',
      CLAWBACK_RECIPIENTS: RECIPIENT,
      CLAWBACK_IDENTITY: '# a comment\nAGE-SECRET-KEY-1QQQ',
      CLAWBACK_SIGNING_KEY: 'ed25519-secret:AAAA',
    };
    expect(await loadConfig(request(env))).toMatchObject({
      identity: null,
      given: { identity: env.CLAWBACK_IDENTITY, signing: env.CLAWBACK_SIGNING_KEY },
    });
    expect((await loadConfig(request({ ...env, CLAWBACK_IDENTITY: '/run/identity' })))?.given.identity).toBeNull();
  });

  it('a wrong variable is named', async () => {
    const env = { CLAWBACK_INSTANCE: 'a', CLAWBACK_DESTINATIONS: '/b', CLAWBACK_RECIPIENTS: 'age1xyz' };
    await expect(loadConfig(request(env))).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/^CLAWBACK_RECIPIENTS: /) as string,
    });
  });

  it('a variable that is missing is named by its key', async () => {
    await expect(loadConfig(request({ CLAWBACK_INSTANCE: 'a' }))).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('the key recipients is missing') as string,
    });
  });
});

it('the environment wins over the file', async () => {
  expect(await load(`{ ${MINIMUM} }`, { CLAWBACK_INSTANCE: 'other', CLAWBACK_TIMEZONE: '' })).toMatchObject({
    instance: 'other',
    schedule: { timezone: 'UTC' },
  });
});
