import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../../src/core/openclaw/config.ts';
import type { OpenClawConfig } from '../../../../src/core/openclaw/config.ts';
import { type Tree, temporaryDirectory, tree } from '../../../support/temporary.ts';
import { located } from './host.ts';

async function reading(files: Tree, check: (config: OpenClawConfig, home: string) => void): Promise<void> {
  await using home = await temporaryDirectory();
  await tree(home.path, files);
  check(await readConfig(located(home.path)), home.path);
}

describe('$include', () => {
  it('merges a file, relative to the one that names it, under the keys beside it', async () => {
    await reading(
      {
        '.openclaw/openclaw.json': `{ // the main file
          gateway: { $include: './parts/gateway.json5', port: 2, list: ['c'] } }`,
        '.openclaw/parts/gateway.json5': `{ $include: 'deeper.json', port: 1, bind: 'lan', list: ['b'] }`,
        '.openclaw/parts/deeper.json': `{ "mode": "local", "port": 0, "list": ["a"] }`,
      },
      (config, home) => {
        expect(config.value).toEqual({ gateway: { mode: 'local', bind: 'lan', port: 2, list: ['a', 'b', 'c'] } });
        const names = ['openclaw.json', 'parts/gateway.json5', 'parts/deeper.json'];
        expect(config.files).toEqual(names.map((name) => `${home}/.openclaw/${name}`));
        expect(config.problems).toEqual([]);
      },
    );
  });

  it('merges an array of files in order, later ones winning', async () => {
    await reading(
      {
        '.openclaw/openclaw.json': `{ $include: ['a.json', 'b.json'] }`,
        '.openclaw/a.json': `{ x: { one: 1, two: 1 }, only: 'a' }`,
        '.openclaw/b.json': `{ x: { two: 2 } }`,
      },
      (config) => {
        expect(config.value).toEqual({ x: { one: 1, two: 2 }, only: 'a' });
      },
    );
  });

  it('reports an include that is missing, circular or misspelt, and keeps the rest', async () => {
    await reading(
      {
        '.openclaw/openclaw.json': `{ a: { $include: 'gone.json' }, b: { $include: 'loop.json' }, c: { $include: 7 }, d: 1 }`,
        '.openclaw/loop.json': `{ $include: 'loop.json', e: 2 }`,
      },
      (config) => {
        expect(config.value).toEqual({ a: {}, b: { e: 2 }, c: {}, d: 1 });
        expect(config.problems.map((problem) => problem.replace(/\/.*\//, ''))).toEqual([
          'gone.json does not exist',
          'loop.json includes itself',
          expect.stringContaining('neither a path nor an array'),
        ]);
      },
    );
  });
});

it.each(['{ "gateway": { "mode": "lo', '', 'not json at all'])(
  'records that %j does not parse instead of throwing',
  async (text) => {
    await reading({ '.openclaw/openclaw.json': text }, (config, home) => {
      expect(config).toMatchObject({ value: {}, files: [`${home}/.openclaw/openclaw.json`], variables: [] });
      expect(config.problems).toEqual([expect.stringContaining('does not parse')]);
    });
  },
);

it('records that there is no config at all', async () => {
  await reading({ '.openclaw/state': null }, (config) => {
    expect(config.files).toEqual([]);
    expect(config.problems).toEqual([expect.stringContaining('does not exist')]);
  });
});

it('names every variable in any spelling, except an escaped one', async () => {
  await reading(
    {
      '.openclaw/openclaw.json': `{
        plain: '\${PLAIN}', within: ['a \${FIRST}-\${SECOND} b'],
        escaped: 'text $\${ESCAPED}', lower: '\${lower}', price: '$5',
        short: '$SHORT', ref: { source: 'env', provider: 'default', id: 'FROM_REF' }, other: { source: 'file', id: '/x' },
      }`,
    },
    (config) => {
      expect(config.variables).toEqual(['FIRST', 'FROM_REF', 'PLAIN', 'SECOND', 'SHORT']);
    },
  );
});

it('finds the files that hold secrets', async () => {
  await reading(
    {
      '.openclaw/openclaw.json': `{
        secrets: { providers: { vault: { source: 'file', path: '~/vault.json' }, cmd: { source: 'exec', path: '/bin/x' } } },
        channels: { telegram: { tokenFile: '/run/secrets/telegram' } },
        gateway: { tls: { certPath: '/etc/tls/cert.pem', keyPath: '/etc/tls/key.pem' } },
      }`,
    },
    (config, home) => {
      expect(config.secretFiles).toEqual([
        `${home}/vault.json`,
        '/run/secrets/telegram',
        '/etc/tls/cert.pem',
        '/etc/tls/key.pem',
      ]);
    },
  );
});
