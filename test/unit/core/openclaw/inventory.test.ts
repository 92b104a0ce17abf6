import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../../src/core/openclaw/config.ts';
import { type Inventory, inventory } from '../../../../src/core/openclaw/inventory.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { located } from './host.ts';
import { state2026_3, state2026_6, state2026_9 } from './states.ts';

async function inventoryOf(home: string): Promise<Inventory> {
  const { stateDir, ...place } = located(home);
  const { value } = await readConfig({ stateDir, ...place });
  const database = (relative: string): string | null => {
    const path = join(stateDir, relative);
    return existsSync(path) ? path : null;
  };
  return inventory({ stateDir, config: value, database });
}

const device = {
  deviceId: 'cb37',
  name: 'Chrome',
  clientId: 'openclaw-control-ui',
  clientMode: 'webchat',
  platform: 'linux',
  roles: ['operator'],
  scopes: ['operator.read'],
  pairedAt: '2026-11-23T02:56:48.106Z',
  lastSeenAt: null,
  tokens: [
    { role: 'operator', generation: 'eapM', revoked: false },
    { role: 'node', generation: null, revoked: true },
  ],
};

it('counts a state of 2026.9', async () => {
  await using home = await temporaryDirectory();
  await state2026_9(`${home.path}/.openclaw`);
  expect(await inventoryOf(home.path)).toEqual({
    counts: { agents: 1, sessions: 2, messages: 3, cronJobs: 2, devices: 1, channels: 1, plugins: 2 },
    devices: [{ ...device, approvedVia: 'silent' }],
    openclawVersion: '2026.9.6',
    layout: 'sqlite',
    schema: { state: 18, agents: { main: 23 } },
    problems: [],
  });
});

it('counts a state of 2026.6, where devices and sessions are files', async () => {
  await using home = await temporaryDirectory();
  await state2026_6(`${home.path}/.openclaw`);
  expect(await inventoryOf(home.path)).toEqual({
    counts: { agents: 1, sessions: 1, messages: 2, cronJobs: 1, devices: 1, channels: 0, plugins: 1 },
    devices: [{ ...device, approvedVia: null }],
    openclawVersion: '2026.6.11',
    layout: 'mixed',
    schema: { state: 1, agents: {} },
    problems: [],
  });
});

it('counts a state of 2026.3, where everything is files', async () => {
  await using home = await temporaryDirectory();
  await state2026_3(`${home.path}/.openclaw`);
  expect(await inventoryOf(home.path)).toMatchObject({
    counts: { agents: 1, sessions: 1, messages: 2, cronJobs: 2, devices: 1 },
    layout: 'json',
    schema: { state: null, agents: {} },
    problems: [],
  });
});

it('never carries a token of a device', async () => {
  await using home = await temporaryDirectory();
  await state2026_9(`${home.path}/.openclaw`);
  expect(JSON.stringify(await inventoryOf(home.path))).not.toContain('plaintext');
});

it('counts what was migrated once, though the old files are still there', async () => {
  await using home = await temporaryDirectory();
  const stateDir = `${home.path}/.openclaw`;
  await state2026_9(stateDir);
  await tree(stateDir, {
    'devices/paired.json': JSON.stringify({ cb37: { displayName: 'old name' } }),
    'agents/main/sessions/sessions.json': JSON.stringify({ 'agent:main:one': {} }),
    'agents/main/sessions/one.jsonl': '{"type":"message"}\n{"type":"message"}\n',
    'cron/jobs.json': '{"jobs":[{"id":"daily"}]}',
  });
  const { counts, devices } = await inventoryOf(home.path);
  expect(counts).toMatchObject({ sessions: 2, messages: 3, cronJobs: 2, devices: 1 });
  expect(devices[0]?.name).toBe('Chrome');
});

it('counts the agents that the config names and those that only have a directory', async () => {
  await using home = await temporaryDirectory();
  await tree(`${home.path}/.openclaw`, {
    'openclaw.json': `{ agents: { entries: { work: {}, home: {} } } }`,
    'agents/work/agent/x': '',
    'agents/retired/sessions/x': '',
  });
  expect((await inventoryOf(home.path)).counts.agents).toBe(3);
});

describe('of a damaged state', () => {
  it('counts the rest, and says which database could not be read', async () => {
    await using home = await temporaryDirectory();
    const stateDir = `${home.path}/.openclaw`;
    await state2026_9(stateDir);
    await writeFile(
      `${stateDir}/agents/main/agent/openclaw-agent.sqlite`,
      'SQLite format 3\0 and then nothing of the kind',
    );
    const { counts, problems } = await inventoryOf(home.path);
    expect(counts).toMatchObject({ sessions: 0, messages: 0, cronJobs: 2, devices: 1 });
    expect(problems).toEqual([expect.stringContaining('agents/main/agent/openclaw-agent.sqlite')]);
  });

  it('counts the rest, and says which file could not be read', async () => {
    await using home = await temporaryDirectory();
    const stateDir = `${home.path}/.openclaw`;
    await state2026_3(stateDir);
    await writeFile(`${stateDir}/devices/paired.json`, '{"cb37": {');
    const { counts, problems } = await inventoryOf(home.path);
    expect(counts).toMatchObject({ devices: 0, cronJobs: 2, messages: 2 });
    expect(problems).toEqual([expect.stringContaining('devices/paired.json')]);
  });

  it('says what there is when nearly everything is gone', async () => {
    await using home = await temporaryDirectory();
    await tree(home.path, { '.openclaw/credentials/x': '' });
    await rm(`${home.path}/.openclaw/credentials/x`);
    expect(await inventoryOf(home.path)).toEqual({
      counts: { agents: 1, sessions: 0, messages: 0, cronJobs: 0, devices: 0, channels: 0, plugins: 0 },
      ...{ devices: [], openclawVersion: null, layout: 'json', schema: { state: null, agents: {} }, problems: [] },
    });
  });
});
