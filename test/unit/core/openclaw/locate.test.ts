import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { locate } from '../../../../src/core/openclaw/locate.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { hostWith } from './host.ts';

it('takes ~/.openclaw and the config in it', async () => {
  await using home = await temporaryDirectory();
  await tree(home.path, { '.openclaw/openclaw.json': '{}', '.clawdbot/clawdbot.json': '{}' });
  expect(await locate(hostWith(home.path))).toEqual({
    stateDir: `${home.path}/.openclaw`,
    configPath: `${home.path}/.openclaw/openclaw.json`,
    home: home.path,
  });
});

it('falls back to ~/.clawdbot with its old config name, and never to ~/.moltbot', async () => {
  await using home = await temporaryDirectory();
  await tree(home.path, { '.moltbot/openclaw.json': '{}' });
  await expect(locate(hostWith(home.path))).rejects.toMatchObject({ code: 'STATE' });
  await tree(home.path, { '.clawdbot/clawdbot.json': '{}' });
  expect(await locate(hostWith(home.path))).toMatchObject({
    stateDir: `${home.path}/.clawdbot`,
    configPath: `${home.path}/.clawdbot/clawdbot.json`,
  });
});

it('prefers OPENCLAW_HOME to HOME, and OPENCLAW_STATE_DIR to both', async () => {
  await using home = await temporaryDirectory();
  await tree(home.path, { 'other/.openclaw/openclaw.json': '{}', 'state/agents/main/x': '' });
  const moved = await locate(hostWith(home.path, { OPENCLAW_HOME: '~/other' }));
  expect(moved).toMatchObject({ stateDir: `${home.path}/other/.openclaw`, home: `${home.path}/other` });
  const named = await locate(hostWith(home.path, { OPENCLAW_STATE_DIR: '~/state' }));
  expect(named).toMatchObject({ stateDir: `${home.path}/state`, configPath: `${home.path}/state/openclaw.json` });
});

it('keeps OPENCLAW_CONFIG_PATH to the installation of the environment', async () => {
  await using home = await temporaryDirectory();
  await tree(home.path, {
    '.openclaw/state/x': '',
    'etc/claw.json5': '{}',
    'copy/openclaw.json': '{}',
    'bare/agents/x': '',
  });
  const host = hostWith(home.path, { OPENCLAW_CONFIG_PATH: '~/etc/claw.json5' });
  expect((await locate(host)).configPath).toBe(`${home.path}/etc/claw.json5`);
  expect((await locate(host, `${home.path}/copy`)).configPath).toBe(`${home.path}/copy/openclaw.json`);
  expect((await locate(host, `${home.path}/bare`)).configPath).toBe(`${home.path}/etc/claw.json5`);
});

it('tells where the environment moves the workspace and the credentials', async () => {
  await using home = await temporaryDirectory();
  await tree(home.path, { '.openclaw/openclaw.json': '{}' });
  const host = hostWith(home.path, { OPENCLAW_WORKSPACE_DIR: '/srv/work', OPENCLAW_OAUTH_DIR: '~/oauth' });
  expect(await locate(host)).toMatchObject({ workspaceDir: '/srv/work', credentialsDir: `${home.path}/oauth` });
});

it.each([
  ['missing', {}, /does not exist/],
  ['a file', { '.openclaw': 'x' }, /is not a directory/],
  ['empty', { '.openclaw': null }, /is empty/],
  ['of something else', { '.openclaw/photos/1.jpg': 'x' }, /holds nothing of OpenClaw's/],
] as const)('refuses a state directory that is %s, and says what to do', async (_, files, message) => {
  await using home = await temporaryDirectory();
  await tree(home.path, files);
  await expect(locate(hostWith(home.path))).rejects.toMatchObject({
    code: 'STATE',
    message: expect.stringMatching(message) as string,
    hint: expect.stringContaining('--state-dir') as string,
  });
});

it('says so when a directory that a person named is not there', async () => {
  await using home = await temporaryDirectory();
  await mkdir(`${home.path}/x`);
  await expect(locate(hostWith(home.path), '~/nowhere')).rejects.toMatchObject({
    code: 'STATE',
    message: `state directory ${home.path}/nowhere does not exist`,
  });
});
