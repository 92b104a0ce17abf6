import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Root } from '../archive/manifest.ts';

/** Absolute paths of the databases that other files depend on, where OpenClaw keeps them: the control database first. */
export async function knownDatabases(roots: readonly Root[]): Promise<string[]> {
  const [state] = roots;
  const agentRoots = roots.filter(({ kind }) => kind === 'agent').map(({ path }) => path);
  const agents = state === undefined ? [] : await namesIn(join(state.path, 'agents'));
  const directories = [
    ...(state === undefined
      ? []
      : [join(state.path, 'state'), ...agents.map((id) => join(state.path, 'agents', id, 'agent'))]),
    ...agentRoots,
  ];
  const found: string[] = [];
  for (const directory of directories) {
    for (const name of await namesIn(directory)) if (name.endsWith('.sqlite')) found.push(join(directory, name));
  }
  return found;
}

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(() => [])).sort();
}
