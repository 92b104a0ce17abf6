import { ClawbackError } from '../../ports/errors.ts';
import type { Warning } from '../archive/manifest.ts';
import { readConfig } from '../openclaw/config.ts';
import { environmentContract } from '../openclaw/environment.ts';
import type { Host } from '../openclaw/host.ts';
import { locate } from '../openclaw/locate.ts';
import { isWithin, realPath } from '../openclaw/paths.ts';
import { rootsOf } from '../openclaw/roots.ts';
import type { Understood } from './facts.ts';

export interface UnderstandRequest {
  readonly host: Host;
  /** Absolute; null means wherever OpenClaw resolves it. */
  readonly stateDir: string | null;
  readonly destinations: readonly { readonly name: string; readonly storage: { readonly location: string } }[];
}

/**
 * Finds the installation, what belongs to it, and what it gets from its environment.
 *
 * @throws ClawbackError `STATE` if there is none; `CONFIG` if a destination lies in what would be captured, since backups
 *   of backups grow until the disk is full.
 */
export async function understand(request: UnderstandRequest): Promise<Understood> {
  const located = await locate(request.host, request.stateDir ?? undefined);
  const config = await readConfig(located);
  const { roots, warnings } = await rootsOf(located, config);
  for (const { name, storage } of request.destinations) {
    if (!storage.location.startsWith('file://')) continue;
    const directory = realPath(storage.location.slice('file://'.length));
    const root = roots.find(({ path }) => isWithin(directory, realPath(path)));
    if (root === undefined) continue;
    throw new ClawbackError('CONFIG', `destination ${name} lies in ${root.path}, which is backed up`, {
      hint: 'choose a directory outside it, best on another disk',
    });
  }
  const environment = await environmentContract(located, config, request.host);
  const messages = [...warnings, ...config.problems];
  return {
    located,
    config,
    roots,
    environment,
    warnings: messages.map((message): Warning => ({ message, severity: 'note' })),
  };
}
