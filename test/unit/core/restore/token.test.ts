import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../../src/core/openclaw/config.ts';
import { decodeEnvironment } from '../../../../src/core/openclaw/dotenv.ts';
import { writeEnvironment } from '../../../../src/core/restore/environment.ts';
import { takeSecretFromEnvironment } from '../../../../src/core/restore/token.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';

/** What becomes of a config, and the variable that then holds the secret. */
async function taken(
  config: string,
  files: Record<string, string> = {},
): Promise<{ variable: string; config: string; included: string }> {
  await using home = await temporaryDirectory();
  await tree(home.path, { 'openclaw.json': config, 'auth.json5': '{}', ...files });
  const configPath = join(home.path, 'openclaw.json');
  const variable = await takeSecretFromEnvironment(
    await readConfig({ stateDir: home.path, configPath, home: home.path }),
  );
  const included = await readFile(join(home.path, 'auth.json5'), 'utf8');
  return { variable, config: await readFile(configPath, 'utf8'), included };
}

describe('a token that is adopted or rotated', () => {
  test('takes the place of a literal, and of nothing else in the config', async () => {
    const config = `{ // kept
      agents: { main: { workspace: 's3cret' } },
      gateway: { auth: { mode: 'token', 'token': 's3cret' } } }`;
    const after = await taken(config);
    expect(after.variable).toBe('OPENCLAW_GATEWAY_TOKEN');
    expect(after.config).toBe(config.replace("'token': 's3cret'", "'token': '${OPENCLAW_GATEWAY_TOKEN}'"));
  });

  test('takes the place of a literal in an included file', async () => {
    const after = await taken("{ gateway: { $include: './auth.json5' } }", {
      'auth.json5': "{ auth: { mode: 'token', token: 'abc' } }",
    });
    expect(after.variable).toBe('OPENCLAW_GATEWAY_TOKEN');
    expect(after.included).toContain('${OPENCLAW_GATEWAY_TOKEN}');
  });

  test.each([
    ["{ gateway: { auth: { token: '${MY_TOKEN}' } } }", 'MY_TOKEN'],
    ["{ gateway: { auth: { token: { source: 'env', provider: 'default', id: 'OTHER' } } } }", 'OTHER'],
    ['{ gateway: {} }', 'OPENCLAW_GATEWAY_TOKEN'],
    ["{ gateway: { auth: { mode: 'password' } } }", 'OPENCLAW_GATEWAY_PASSWORD'],
  ])('is written to the variable that the config names already: %s', async (config, variable) => {
    expect(await taken(config)).toMatchObject({ variable, config });
  });

  test.each([
    "{ gateway: { auth: { mode: 'none' } } }",
    "{ gateway: { auth: { token: { source: 'exec', provider: 'vault', id: 'gateway/token' } } } }",
  ])('is refused where the restore could not change it: %s', async (config) => {
    await expect(taken(config)).rejects.toMatchObject({
      code: 'CONFIG',
      hint: expect.stringContaining('--token keep') as string,
    });
  });
});

describe('the state .env', () => {
  test('gets what is missing, keeps what is there, and replaces what is told to be replaced', async () => {
    await using home = await temporaryDirectory();
    await tree(home.path, { '.env': 'A=1\nT=old' });
    const names = await writeEnvironment(home.path, { missing: { A: '2', B: 'b c' }, replaced: { T: 'new' } });
    expect(names).toEqual(['B', 'T']);
    expect(decodeEnvironment(await readFile(join(home.path, '.env'), 'utf8'))).toEqual({ A: '1', B: 'b c', T: 'new' });
  });

  test('is not touched when nothing is missing', async () => {
    await using home = await temporaryDirectory();
    await tree(home.path, { '.env': 'A=1' });
    expect(await writeEnvironment(home.path, { missing: { A: '2' }, replaced: {} })).toEqual([]);
    expect(await readFile(join(home.path, '.env'), 'utf8')).toBe('A=1');
  });
});
