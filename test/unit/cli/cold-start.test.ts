import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { LAUNCHER, runCli } from '../../support/cli.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

/** Writes on stderr, at its exit, the packages that a run has loaded. */
const LISTING = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({
    load(url, context, next) {
      const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
      if (name !== undefined) loaded.add(name);
      return next(url, context);
    },
  });
  process.on('exit', () => console.error(JSON.stringify([...loaded].sort())));
`)}`;

async function packagesOf(home: string, ...words: string[]): Promise<unknown> {
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', LISTING, LAUNCHER, ...words], {
    env: { HOME: home, PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1' },
  });
  return JSON.parse(stderr);
}

// Time itself says little on a machine with other work; what is loaded is what time is spent on.
describe('a command loads no package that it does not use', () => {
  test('help needs the command line alone', async () => {
    await using home = await temporaryDirectory();
    expect(await packagesOf(home.path, '--help')).toEqual(['commander']);
  });

  test('a list of snapshots needs no keys, no schema and no SDK, whatever stands in the config', async () => {
    await using home = await temporaryDirectory();
    await tree(home.path, { nas: null, '.config/clawback/config.json5': '{ not a config' });
    const packages = await packagesOf(home.path, 'list', '--from', `file://${home.path}/nas`);
    expect(packages).toEqual(['commander', 'fast-string-truncated-width', 'fast-string-width']);
  });

  test('the destinations of the config need its parsers, and no age', async () => {
    await using home = await temporaryDirectory();
    await tree(home.path, { '.openclaw/openclaw.json': '{}', nas: null });
    const words = ['init', '--destination', join(home.path, 'nas'), '--instance', 'here', '--yes'];
    expect((await runCli(words, { env: { HOME: home.path } })).code).toBe(0);
    const parsers = ['@scure/base', 'json5', 'zod'];
    const others = ['commander', 'fast-string-truncated-width', 'fast-string-width'];
    expect(await packagesOf(home.path, 'list')).toEqual([...parsers, ...others].sort());
  });
});
