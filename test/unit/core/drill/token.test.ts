import { expect, test } from 'vitest';
import type { TokenFacts } from '../../../../src/core/archive/manifest.ts';
import { checkToken, expectToken, type ExpectedToken } from '../../../../src/core/drill/token.ts';
import { readRestored } from '../../../../src/core/drill/subject.ts';
import { fingerprintOf, generationOf } from '../../../../src/core/openclaw/fingerprint.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { hostWith } from '../openclaw/host.ts';
import { CAPTURED, subjectAt } from './subject.ts';

const NAME = 'OPENCLAW_GATEWAY_TOKEN';
const FROM_ENVIRONMENT = { gateway: { auth: { mode: 'token', token: `\${${NAME}}` } } };

interface Case {
  readonly chosen?: { readonly kind: 'adopt' | 'rotate'; readonly secret: string };
  readonly config: object;
  readonly files?: Record<string, string>;
  /** The token when the snapshot was taken; null if it was not known. */
  readonly was: string | null;
  readonly sealed?: Record<string, string>;
  readonly here?: Record<string, string>;
}

async function expected({ config, files = {}, was, sealed = {}, here = {}, chosen }: Case): Promise<ExpectedToken> {
  await using place = await temporaryDirectory();
  await tree(place.path, { 'openclaw.json': JSON.stringify(config), ...files });
  const token: TokenFacts = {
    ...{ mode: 'token', winner: 'config', generation: generationOf('token', was) },
    fingerprint: was === null ? null : await fingerprintOf(was, Buffer.alloc(16, 1)),
  };
  const environment = [{ name: NAME, source: 'process', sealed: NAME in sealed }];
  const subject = subjectAt(place.path, { manifest: { token, environment }, environment: sealed });
  const host = hostWith('/nowhere', here);
  return await expectToken({ ...subject, chosen }, await readRestored(subject, host), host);
}

test('a sealed value that equals the fingerprint is reproduced', async () => {
  const token = await expected({ config: FROM_ENVIRONMENT, was: 'the old one', sealed: { [NAME]: 'the old one' } });
  expect(token.finding.status).toBe('ok');
  expect(token.secret).toEqual({ mode: 'token', value: 'the old one' });
  expect(token.report.sources.find(({ matches }) => matches)).toMatchObject({ present: true });
});

test('a value of the captured .env is found without being sealed', async () => {
  const token = await expected({
    config: FROM_ENVIRONMENT,
    was: 'the old one',
    files: { '.env': `${NAME}='the old one'\n` },
  });
  expect(token.finding.status).toBe('ok');
});

test('a secret file is read from the copy, not from where it was captured', async () => {
  const token = await expected({
    config: {
      gateway: { auth: { token: { source: 'file', provider: 'vault', id: 'value' } } },
      secrets: {
        providers: { vault: { source: 'file', mode: 'singleValue', path: `${CAPTURED}/.openclaw/secrets/token` } },
      },
    },
    files: { 'secrets/token': 'the old one\n' },
    was: 'the old one',
  });
  expect(token.finding.status).toBe('ok');
});

test('a literal in the config comes back, and is worth a warning with the change to make', async () => {
  const token = await expected({ config: { gateway: { auth: { token: 'the old one' } } }, was: 'the old one' });
  expect(token.report).toMatchObject({ verdict: 'restorable', status: 'warn', winner: 'config literal' });
  expect(token.finding.fix).toMatch(
    /^take it from .*OPENCLAW_GATEWAY_TOKEN=<the token>.*openclaw config set gateway.auth.token '\$\{OPENCLAW_GATEWAY_TOKEN\}'$/,
  );
});

test('what is missing comes with the line that sets it, on every platform and first on this one', async () => {
  const token = await expected({
    config: { gateway: { auth: { token: { source: 'env', id: 'MY_TOKEN' } } } },
    ...{ was: 'the old one', here: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } },
  });
  expect(token.report.verdict).toBe('missing');
  expect(token.report.lines.map(({ platform, here }) => [platform, here])).toEqual([
    ['kubernetes', true],
    ['systemd', false],
    ['compose', false],
    ['dotenv', false],
  ]);
  expect(token.report.lines.every(({ text }) => text.includes('MY_TOKEN=<the token>'))).toBe(true);
  expect(token.finding.fix).toContain('--from-literal=MY_TOKEN=<the token>');
});

test('a password is judged as one, and its mode is part of the fingerprint of browsers', async () => {
  const token = await expected({ config: { gateway: { auth: { mode: 'password', password: 'pw' } } }, was: 'pw' });
  expect(token.secret).toEqual({ mode: 'password', value: 'pw' });
  expect(token.generation).toBe(generationOf('password', 'pw'));
});

test('what a command gives is not known, for a drill runs none', async () => {
  const token = await expected({ config: { gateway: { auth: { token: { source: 'exec', id: 'vault' } } } }, was: 'x' });
  expect(token.report).toMatchObject({ verdict: 'unknown', winner: 'secret exec vault' });
});

test('after a restore that chose another token, that one is the right one', async () => {
  const chosen = { kind: 'rotate', secret: 'a new one' } as const;
  const token = await expected({
    ...{ config: FROM_ENVIRONMENT, was: 'the old one', chosen },
    sealed: { [NAME]: 'a new one' },
  });
  expect(token.report).toMatchObject({ verdict: 'reproducible', status: 'ok' });
  expect(token.finding.evidence).toContain('the new one, as --token rotate asks');
  expect(token.generation).toBe(generationOf('token', 'a new one'));
});

test('every place that gives the value is listed, also those that do not win', async () => {
  const token = await expected({
    ...{ config: FROM_ENVIRONMENT, was: 'the old one' },
    ...{ sealed: { [NAME]: 'the old one' }, here: { [NAME]: 'the old one' } },
    files: { '.env': `${NAME}=stale\n` },
  });
  expect(token.report.sources).toEqual([
    { source: 'config ${OPENCLAW_GATEWAY_TOKEN}', present: true, matches: true },
    { source: 'environment OPENCLAW_GATEWAY_TOKEN', present: true, matches: true },
    { source: 'gateway.remote', present: false, matches: null },
    { source: `this host: process ${NAME}`, present: true, matches: true },
    { source: `snapshot: sealed ${NAME}`, present: true, matches: true },
    { source: `snapshot: state .env ${NAME}`, present: true, matches: false },
  ]);
});

test('a value that is nowhere fails, with what to do', async () => {
  const token = await expected({ config: FROM_ENVIRONMENT, was: 'the old one' });
  expect(token.finding).toMatchObject({ status: 'fail', fix: expect.stringContaining('put the old value') as unknown });
  expect(token.secret).toBeNull();
});

test('another value fails', async () => {
  const token = await expected({ config: { gateway: { auth: { token: 'a new one' } } }, was: 'the old one' });
  expect(token.finding.status).toBe('fail');
});

test('a host that would give a gateway another value is warned of', async () => {
  const token = await expected({
    ...{ config: FROM_ENVIRONMENT, was: 'the old one' },
    sealed: { [NAME]: 'the old one' },
    here: { [NAME]: 'of this host' },
  });
  expect(token.finding).toMatchObject({
    status: 'warn',
    evidence: expect.stringContaining(`this host: process ${NAME} is not the fingerprint`) as unknown,
  });
  expect(token.report.sources).toContainEqual({
    source: `this host: process ${NAME}`,
    present: true,
    matches: false,
  });
});

test('a token that was not known then is neither good nor bad', async () => {
  const token = await expected({ config: { gateway: { auth: { token: 'literal' } } }, was: null });
  expect(token.finding.status).toBe('unknown');
});

test('without a shared secret there is none to lose', async () => {
  expect((await expected({ config: { gateway: { auth: { mode: 'none' } } }, was: null })).finding.status).toBe('ok');
});

test('a gateway that refuses the token, or takes any, fails the check', async () => {
  const token = await expected({ config: FROM_ENVIRONMENT, was: 'it', sealed: { [NAME]: 'it' } });
  const connected = { outcome: 'connected', scopes: [] } as const;
  const refused = { outcome: 'refused', code: 'AUTH_TOKEN_MISMATCH', message: '' } as const;
  expect(checkToken(token, { right: connected, wrong: refused }).status).toBe('ok');
  expect(checkToken(token, { right: refused, wrong: refused }).status).toBe('fail');
  expect(checkToken(token, { right: connected, wrong: connected }).status).toBe('fail');
});

test('no finding tells the token', async () => {
  for (const was of ['the old one', 'another', null]) {
    const token = await expected({
      config: FROM_ENVIRONMENT,
      was,
      sealed: { [NAME]: 'the old one' },
      here: { [NAME]: 'of this host' },
    });
    expect(JSON.stringify([token.finding, token.report])).not.toMatch(/the old one|of this host/);
  }
});
