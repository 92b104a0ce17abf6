import { chmod, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installOpenClaw } from '../../../../src/adapters/gateway/openclaw-install.ts';
import { findOpenClaw } from '../../../../src/adapters/gateway/openclaw-package.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';

const FACTS = JSON.stringify({ name: 'openclaw', version: '2026.9.6' });
const ENTRY = 'lib/node_modules/openclaw/openclaw.mjs';

async function installed(place: string): Promise<{ entry: string; directory: string; version: string }> {
  await tree(place, { [ENTRY]: '#!/usr/bin/env node\n', 'lib/node_modules/openclaw/package.json': FACTS, bin: null });
  await chmod(join(place, ENTRY), 0o755);
  return { entry: join(place, ENTRY), directory: join(place, 'lib/node_modules'), version: '2026.9.6' };
}

test('the command on PATH leads to its entry script, and to the tree that it needs', async () => {
  await using place = await temporaryDirectory();
  const openclaw = await installed(place.path);
  await symlink(`../${ENTRY}`, join(place.path, 'bin/openclaw'));
  expect(await findOpenClaw({ path: `/nowhere:${join(place.path, 'bin')}` })).toEqual(openclaw);
  expect(await findOpenClaw({ command: openclaw.entry, path: '' })).toEqual(openclaw);
});

test('a shell script that starts openclaw leads to it too', async () => {
  await using place = await temporaryDirectory();
  const openclaw = await installed(place.path);
  await tree(place.path, { 'bin/openclaw': `#!/bin/sh\nexec node "$basedir/../${ENTRY}" "$@"\n` });
  await chmod(join(place.path, 'bin/openclaw'), 0o755);
  expect(await findOpenClaw({ path: join(place.path, 'bin') })).toEqual(openclaw);
});

test('a command of that name that is something else is not booted', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, {
    'bin/openclaw': '#!/bin/sh\necho hello\n',
    'package.json': JSON.stringify({ name: 'other' }),
  });
  await chmod(join(place.path, 'bin/openclaw'), 0o755);
  await expect(findOpenClaw({ path: join(place.path, 'bin') })).rejects.toMatchObject({ code: 'CANNOT_BOOT' });
});

test('an openclaw that is nowhere is named, with what to do', async () => {
  const found = findOpenClaw({ command: 'openclaw-of-mine', path: '/nowhere' });
  await expect(found).rejects.toMatchObject({
    code: 'CANNOT_BOOT',
    message: 'openclaw is not installed: no command openclaw-of-mine',
    hint: expect.stringContaining('npm install -g openclaw') as unknown,
  });
});

test('a version is installed once, and then found', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, {
    '2026.9.6/node_modules/openclaw/package.json': FACTS,
    '2026.9.6/node_modules/openclaw/openclaw.mjs': '',
  });
  const request = { version: '2026.9.6', cacheDir: place.path, environment: { PATH: '/nowhere' } };
  expect((await installOpenClaw(request)).version).toBe('2026.9.6');
});

test('an installation that fails says why, and leaves nothing that looks installed', async () => {
  await using place = await temporaryDirectory();
  const request = { version: '2026.9.6', cacheDir: join(place.path, 'cache'), environment: { PATH: '/nowhere' } };
  await expect(installOpenClaw(request)).rejects.toMatchObject({
    code: 'CANNOT_BOOT',
    message: 'cannot install openclaw 2026.9.6: npm is not installed',
  });
  await expect(installOpenClaw(request)).rejects.toMatchObject({ code: 'CANNOT_BOOT' });
});

test.each(['latest', '^2026.9.6', '2026.9.6 && evil', '../2026.9.6'])('%s is not a version', async (version) => {
  const request = { version, cacheDir: '/nowhere', environment: {} };
  await expect(installOpenClaw(request)).rejects.toMatchObject({ code: 'USAGE' });
});
