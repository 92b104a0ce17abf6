import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../../src/core/openclaw/config.ts';
import { generationOf, matchesFingerprint } from '../../../../src/core/openclaw/fingerprint.ts';
import { type ResolvedToken, resolveToken, tokenFacts } from '../../../../src/core/openclaw/token.ts';
import { addRow, createDatabase } from '../../../support/openclaw-schema.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { located } from './host.ts';

async function resolved(config: unknown, values: Readonly<Record<string, string>> = {}): Promise<ResolvedToken> {
  await using home = await temporaryDirectory();
  await tree(home.path, {
    '.openclaw/openclaw.json': JSON.stringify(config),
    'vault.json': '{"gateway":{"token":"from vault","a/b":"slashed"}}',
    'single.txt': 'only value\n',
  });
  const database = `${home.path}/store.sqlite`;
  using store = createDatabase(database, 'state');
  addRow(store, 'secret_store_entries', {
    scope_kind: 'team',
    name: 'gateway-token',
    kind: 'secret',
    value: 'from store',
  });
  const gone = { scope_kind: 'team', name: 'gone', kind: 'secret', value: 'deleted', deleted_at_ms: 1 };
  addRow(store, 'secret_store_entries', gone);
  const place = located(home.path);
  const environment = { variables: [], values };
  return await resolveToken({ located: place, config: await readConfig(place), environment, database });
}

const withToken = (token: unknown, more: object = {}): object => ({ gateway: { auth: { token, ...more } } });
const fromEnvironment = { OPENCLAW_GATEWAY_TOKEN: 'from environment' };

describe('the winner', () => {
  it.each([
    ['a literal beats the environment', withToken('abc'), fromEnvironment, 'config literal', 'abc'],
    [
      'the environment counts if the config gives none',
      {},
      fromEnvironment,
      'environment OPENCLAW_GATEWAY_TOKEN',
      'from environment',
    ],
    ['a variable is filled in', withToken('x-${NAME}'), { NAME: 'y' }, 'config ${NAME}', 'x-y'],
    [
      'a variable without value lets the environment win',
      withToken('${NAME}'),
      fromEnvironment,
      'environment OPENCLAW_GATEWAY_TOKEN',
      'from environment',
    ],
    ['a variable without value and nothing else gives no token', withToken('${NAME}'), {}, null, null],
    ['an empty variable is a missing one', withToken('${NAME}'), { NAME: '' }, null, null],
    ['an escaped variable is a literal', withToken('$${NAME}'), { NAME: 'y' }, 'config', '${NAME}'],
    ['the short form is a reference', withToken('$NAME'), { NAME: 'y' }, 'secret env NAME', 'y'],
    ['a reference without value is final', withToken('$NAME'), fromEnvironment, 'secret env NAME', null],
    [
      'a command is never run',
      withToken({ source: 'exec', provider: 'op', id: 'x' }),
      fromEnvironment,
      'secret exec x',
      null,
    ],
    ['nothing at all gives no token', {}, {}, null, null],
    ['remote is the last resort', { gateway: { remote: { token: 'far' } } }, {}, 'gateway.remote literal', 'far'],
  ] as const)('%s', async (_, config, values, winner, secret) => {
    expect(await resolved(config, values)).toMatchObject({ mode: 'token', winner, secret });
  });
});

describe('a reference to a secret', () => {
  const providers = {
    f: { source: 'file', path: '~/vault.json' },
    one: { source: 'file', path: '~/single.txt', mode: 'singleValue' },
    lost: { source: 'file', path: '~/nowhere' },
  };

  it.each([
    [{ source: 'file', provider: 'f', id: '/gateway/token' }, 'from vault'],
    [{ source: 'file', provider: 'f', id: '/gateway/a~1b' }, 'slashed'],
    [{ source: 'file', provider: 'one', id: 'value' }, 'only value'],
    [{ source: 'file', provider: 'lost', id: '/x' }, null],
    [{ source: 'store', provider: 'default', id: 'gateway-token' }, 'from store'],
    [{ source: 'store', provider: 'default', id: 'gone' }, null],
    [{ source: 'env', id: 'NAME' }, 'from NAME'],
  ] as const)('%j resolves to %j', async (token, secret) => {
    const config = { ...withToken(token), secrets: { providers } };
    const found = await resolved(config, { NAME: 'from NAME' });
    expect(found.secret).toBe(secret);
    expect(found.sources[0]).toMatchObject({ present: true, secret });
  });
});

describe('the mode', () => {
  it.each([
    ['password as configured', withToken('t', { mode: 'password', password: 'p' }), {}, 'password', 'p'],
    ['password where only that is given', {}, { OPENCLAW_GATEWAY_PASSWORD: 'p' }, 'password', 'p'],
    [
      'token as configured, whatever password there is',
      withToken('t', { mode: 'token', password: 'p' }),
      {},
      'token',
      't',
    ],
    ['none', withToken('t', { mode: 'none' }), {}, 'none', null],
    ['trusted-proxy', withToken('t', { mode: 'trusted-proxy' }), {}, 'trusted-proxy', null],
  ] as const)('is %s', async (_, config, values, mode, secret) => {
    expect(await resolved(config, values)).toMatchObject({ mode, secret });
  });
});

it('never puts a secret into the name of a source', async () => {
  const { sources } = await resolved(withToken('top-secret-${NAME}'), { NAME: 'hidden' });
  expect(JSON.stringify(sources.map(({ source }) => source))).not.toMatch(/top-secret|hidden/);
});

it('makes the fingerprint that OpenClaw embeds in browser tokens', () => {
  // Taken from device_pairing_paired of a real 2026.9.6 whose token was `tok-from-env`.
  expect(generationOf('token', 'tok-from-env')).toBe('eapMVmTNMGlwubk5XSn3L4VK4bo0IasUBtdeLeTV0NU');
  expect(generationOf('password', 'tok-from-env')).not.toBe(generationOf('token', 'tok-from-env'));
  expect(generationOf('none', null)).toBeNull();
});

it('makes a salted fingerprint that only the same secret matches', async () => {
  const facts = await tokenFacts(
    { mode: 'token', winner: 'config literal', secret: 'abc', sources: [] },
    randomBytes(16),
  );
  expect(facts.fingerprint).toMatch(/^scrypt:15:[\w-]{22}:[\w-]{43}$/);
  expect(await matchesFingerprint('abc', facts.fingerprint ?? '')).toBe(true);
  expect(await matchesFingerprint('abd', facts.fingerprint ?? '')).toBe(false);
});

it.each(['', 'scrypt', 'argon2:1:a:b', 'scrypt:40:YQ:YQ', 'scrypt:15:YQ:', 'scrypt:15:YQ:YQ:more'])(
  'does not match, or choke on, the fingerprint %j',
  async (fingerprint) => {
    expect(await matchesFingerprint('abc', fingerprint)).toBe(false);
  },
);

it('has no fingerprint where there is no secret', async () => {
  const facts = await tokenFacts({ mode: 'token', winner: null, secret: null, sources: [] }, randomBytes(16));
  expect(facts).toEqual({ mode: 'token', winner: null, fingerprint: null, generation: null });
});
