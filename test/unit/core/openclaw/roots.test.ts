import { expect, it } from 'vitest';
import { readConfig } from '../../../../src/core/openclaw/config.ts';
import type { Located } from '../../../../src/core/openclaw/locate.ts';
import { type Roots, rootsOf } from '../../../../src/core/openclaw/roots.ts';
import { type Tree, temporaryDirectory, tree } from '../../../support/temporary.ts';
import { located } from './host.ts';

/** Name and path of each root, the home written as `~`, and the warnings likewise. */
async function rootsIn(
  files: Tree,
  config: unknown,
  more: Partial<Located> = {},
): Promise<Roots & { names: string[] }> {
  await using home = await temporaryDirectory();
  const text = JSON.stringify(config).replaceAll('@home', home.path);
  await tree(home.path, { '.openclaw/openclaw.json': text, ...files });
  const moved = Object.fromEntries(Object.entries(more).map(([key, path]) => [key, path.replace('@home', home.path)]));
  const place = { ...located(home.path), ...moved };
  const found = await rootsOf(place, await readConfig(place));
  const shorten = (path: string): string => path.replace(home.path, '~');
  return {
    ...found,
    names: found.roots.map((root) => `${root.name} ${shorten(root.path)}`),
    warnings: found.warnings.map(shorten),
  };
}

it('is the state directory alone when everything is in it', async () => {
  const config = { agents: { defaults: { workspace: '@home/.openclaw/workspace' } } };
  expect((await rootsIn({ '.openclaw/workspace/a': '' }, config)).names).toEqual(['state ~/.openclaw']);
});

it('adds what the config keeps elsewhere, numbered by kind in the order of the config', async () => {
  const config = {
    $include: '../shared/base.json',
    agents: {
      defaults: { workspace: '~/clawd' },
      entries: { one: { agentDir: '@home/agents/one', workspace: '~/a' }, two: { agentDir: '@home/agents/two' } },
    },
    secrets: { providers: { f: { source: 'file', path: '~/vault.json' } } },
    channels: { telegram: { tokenFile: '~/missing-token' } },
  };
  const files = {
    ...{
      'shared/base.json': '{}',
      'clawd/x': '',
      'a/x': '',
      'agents/one/x': '',
      'agents/two/x': '',
      'vault.json': '{}',
    },
    ...{ '.config/openclaw/gateway.env': 'A=1', '.config/openclaw/auth-profile-secret-key': 'k' },
  };
  const { names, roots, warnings } = await rootsIn(files, config);
  expect(names).toEqual([
    'state ~/.openclaw',
    'include-1 ~/shared/base.json',
    'agent-1 ~/agents/one',
    'agent-2 ~/agents/two',
    'workspace-1 ~/clawd',
    'workspace-2 ~/a',
    'credentials-1 ~/vault.json',
    'environment-1 ~/.config/openclaw/gateway.env',
    'credentials-2 ~/.config/openclaw/auth-profile-secret-key',
  ]);
  expect(roots.map(({ type }) => type)).toEqual([
    ...['directory', 'file', 'directory', 'directory', 'directory', 'directory', 'file', 'file', 'file'],
  ]);
  expect(warnings).toEqual([]);
});

it('reads the older list of agents', async () => {
  const config = {
    agents: {
      list: [
        { id: 'main', workspace: '~/one' },
        { id: 'b', agentDir: '~/two' },
      ],
    },
  };
  expect((await rootsIn({ 'one/x': '', 'two/x': '' }, config)).names).toEqual([
    'state ~/.openclaw',
    'agent-1 ~/two',
    'workspace-1 ~/one',
  ]);
});

it('captures a config that stands elsewhere, with the .env beside it', async () => {
  const { names } = await rootsIn(
    { 'etc/claw.json': '{}', 'etc/.env': 'A=1' },
    {},
    { configPath: '@home/etc/claw.json' },
  );
  expect(names).toEqual(['state ~/.openclaw', 'config ~/etc/claw.json', 'environment-1 ~/etc/.env']);
});

it('never nests roots, whatever their order', async () => {
  const config = {
    agents: {
      entries: {
        inner: { workspace: '~/work/inner', agentDir: '~/work/agent' },
        outer: { workspace: '~/work' },
        same: { workspace: '~/link' },
      },
    },
  };
  const files = { 'work/inner/x': '', 'work/agent/x': '', link: { link: 'work' } };
  expect((await rootsIn(files, config)).names).toEqual(['state ~/.openclaw', 'workspace-1 ~/work']);
});

it('captures where a link in the state directory leads, under its real path', async () => {
  const config = { agents: { defaults: { workspace: '~/.openclaw/workspace' } } };
  const files = { '.openclaw/workspace': { link: '../real' }, 'real/x': '' };
  expect((await rootsIn(files, config)).names).toEqual(['state ~/.openclaw', 'workspace-1 ~/real']);
});

it.each([
  ['/', 'the whole file system'],
  ['~', 'the home directory'],
  ['~/..', 'the home directory'],
])('drops the workspace %s with a warning', async (workspace, reason) => {
  const { names, warnings } = await rootsIn({}, { agents: { defaults: { workspace } } });
  expect(names).toEqual(['state ~/.openclaw']);
  expect(warnings).toEqual([expect.stringContaining(reason)]);
});

it('drops a workspace that holds the state directory, and says so', async () => {
  const files = {
    'project/.openclaw/openclaw.json': JSON.stringify({ agents: { defaults: { workspace: '~/project' } } }),
  };
  const place = { stateDir: '@home/project/.openclaw', configPath: '@home/project/.openclaw/openclaw.json' };
  const { names, warnings } = await rootsIn(files, {}, place);
  expect(names).toEqual(['state ~/project/.openclaw']);
  expect(warnings).toEqual(['workspace ~/project is not captured: it holds the state directory']);
});
