import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Counts, Device, Installation } from '../archive/manifest.ts';
import { agentEntries, isRecord, stringAt, valueAt } from './config-value.ts';
import { agentFiles, stateFiles } from './inventory-json.ts';
import { agentDatabase, stateDatabase } from './inventory-sqlite.ts';
import type { StateView } from './state-view.ts';

export type { StateView } from './state-view.ts';

export interface Inventory {
  readonly counts: Counts;
  readonly devices: readonly Device[];
  readonly openclawVersion: string | null;
  readonly layout: Installation['layout'];
  readonly schema: Installation['schema'];
  /** What could not be counted, in sentences for a person; the counts then hold the rest. */
  readonly problems: readonly string[];
}

/**
 * Counts what a person would miss. Every number is a property of the files alone, so the same state counts the same
 * whenever and wherever it is asked; both a database and the older JSON files are asked, and what is in both counts once.
 *
 * - agents: those that the config names, and those that have a directory of their own; `main` if there is neither
 * - sessions: session keys, archived ones too
 * - messages: transcript events of type `message` in databases and in `*.jsonl` transcripts; of a cold archive, which
 *   stays compressed, all its events but the first (which opens the session)
 * - cronJobs: jobs of every kind, also those that OpenClaw keeps for itself (heartbeat), enabled or not
 * - devices: paired ones; requests still pending are not
 * - channels: sections of `channels` in the config that name a channel
 * - plugins: those that were installed, not the ones that come with OpenClaw
 *
 * Never throws for a state that is damaged or incomplete.
 */
export async function inventory(view: StateView): Promise<Inventory> {
  const problems: string[] = [];
  const database = stateDatabase(view, problems);
  const files = await stateFiles(view, problems);
  const agents: Record<string, number> = {};
  let sessions = 0;
  let messages = 0;
  const ids = await agentIds(view);
  for (const id of ids) {
    const path = database.agentPaths.get(id) ?? `agents/${id}/agent/openclaw-agent.sqlite`;
    const stored = agentDatabase(view.database(path), path, problems);
    const older = await agentFiles(view, id, stored, problems);
    if (stored.userVersion !== null) agents[id] = stored.userVersion;
    sessions += new Set([...stored.sessionKeys, ...older.sessionKeys]).size;
    messages += stored.messages + older.messages;
  }
  const devices = [
    ...new Map([...files.devices, ...database.devices].map((device) => [device.deviceId, device])).values(),
  ];
  return {
    counts: {
      agents: ids.length,
      sessions,
      messages,
      cronJobs: database.cronJobs ?? files.cronJobs,
      devices: devices.length,
      channels: channelIds(view.config).length,
      plugins: new Set([...database.plugins, ...files.plugins, ...configuredPlugins(view.config)]).size,
    },
    devices: devices.toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1)),
    openclawVersion: database.openclawVersion ?? stringAt(view.config, 'meta.lastTouchedVersion'),
    layout: database.userVersion === null ? 'json' : database.userVersion > OLDEST_SCHEMA ? 'sqlite' : 'mixed',
    schema: { state: database.userVersion, agents },
    problems,
  };
}

/** 2026.6 had a control database of schema 1 that held cron jobs and no devices. */
const OLDEST_SCHEMA = 1;

async function agentIds(view: StateView): Promise<string[]> {
  const entries = await readdir(join(view.stateDir, 'agents'), { withFileTypes: true }).catch(() => []);
  const ids = new Set(agentEntries(view.config).map(({ id }) => id));
  for (const entry of entries) if (entry.isDirectory()) ids.add(entry.name);
  return ids.size === 0 ? ['main'] : [...ids].sort();
}

/** `channels.defaults` and `channels.modelByChannel` set things for all channels; the rest are channels. */
function channelIds(config: unknown): string[] {
  const channels = valueAt(config, 'channels');
  return Object.entries(isRecord(channels) ? channels : {}).flatMap(([id, value]) =>
    isRecord(value) && id !== 'defaults' && id !== 'modelByChannel' ? [id] : [],
  );
}

/** Up to 2026.5 the config itself recorded what was installed. */
function configuredPlugins(config: unknown): string[] {
  const installs = valueAt(config, 'plugins.installs');
  return isRecord(installs) ? Object.keys(installs) : [];
}
