import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from './json.ts';
import { systemCode } from '../../ports/errors.ts';
import type { Device } from '../archive/manifest.ts';
import { countMessages } from './transcript.ts';
import { messageOf } from './message.ts';
import { isRecord, textOf } from './config-value.ts';
import { deviceOf } from './device.ts';
import type { AgentDatabase } from './inventory-sqlite.ts';
import type { StateView } from './state-view.ts';

/** What the files that came before the databases tell. */
export interface StateFiles {
  readonly devices: readonly Device[];
  readonly cronJobs: number;
  readonly plugins: readonly string[];
}

export interface AgentFiles {
  readonly sessionKeys: readonly string[];
  readonly messages: number;
}

export async function stateFiles(view: StateView, problems: string[]): Promise<StateFiles> {
  const paired = await readJson(view, 'devices/paired.json', problems);
  const cron = await readJson(view, 'cron/jobs.json', problems);
  const jobs = isRecord(cron) ? cron['jobs'] : cron;
  return {
    devices: Object.entries(isRecord(paired) ? paired : {}).flatMap(([deviceId, entry]) =>
      isRecord(entry) ? [deviceOf({ deviceId, ...entry })] : [],
    ),
    cronJobs: Array.isArray(jobs) ? jobs.length : 0,
    plugins: await pluginDirectories(view),
  };
}

/** @param stored what the agent's database holds already, if it has one */
export async function agentFiles(
  view: StateView,
  agent: string,
  stored: AgentDatabase,
  problems: string[],
): Promise<AgentFiles> {
  const directory = `agents/${agent}/sessions`;
  const index = await readJson(view, `${directory}/sessions.json`, problems);
  const names = (await readdir(join(view.stateDir, directory)).catch(() => [])).filter((name) =>
    name.endsWith('.jsonl'),
  );
  let messages = 0;
  for (const name of names) {
    if (stored.sessionIds.has(name.slice(0, -'.jsonl'.length))) continue;
    messages += messagesIn(`${directory}/${name}`, view, problems);
  }
  return { sessionKeys: isRecord(index) ? Object.keys(index) : [], messages };
}

function messagesIn(relative: string, view: StateView, problems: string[]): number {
  const path = join(view.stateDir, relative);
  try {
    return view.messages?.(relative) ?? countMessages(path);
  } catch (error) {
    problems.push(`messages in ${path} cannot be counted: ${messageOf(error)}`);
    return 0;
  }
}

async function pluginDirectories(view: StateView): Promise<string[]> {
  const root = join(view.stateDir, 'extensions');
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const ids = entries.map(async (entry): Promise<string[]> => {
    const text = await readFile(join(root, entry.name, 'openclaw.plugin.json'), 'utf8').catch(() => null);
    if (text === null) return [];
    try {
      const manifest: unknown = parseJson(text);
      return [(isRecord(manifest) ? textOf(manifest['id']) : null) ?? entry.name];
    } catch {
      return [entry.name];
    }
  });
  return (await Promise.all(ids)).flat();
}

async function readJson(view: StateView, relative: string, problems: string[]): Promise<unknown> {
  try {
    return parseJson(await readFile(join(view.stateDir, relative), 'utf8'));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') {
      problems.push(`${relative} cannot be read: ${messageOf(error)}`);
    }
    return null;
  }
}
