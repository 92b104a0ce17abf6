import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../archive/manifest.ts';
import { isRecord, valueAt } from '../openclaw/config-value.ts';
import type { Todo } from './report.ts';

export interface AftercareFacts {
  readonly manifest: Pick<Manifest, 'counts'>;
  /** The config and the state directory that were, or would be, restored. */
  readonly config: unknown;
  readonly stateDir: string;
  /** Links that lead out of what was captured. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

/** Channels whose service moves a login on with every message, so that an old copy of it may be refused. */
const ROLLING: readonly { id: string; title: string; command: string }[] = [
  {
    id: 'whatsapp',
    title:
      'WhatsApp: the login is as old as the snapshot; if messages cannot be decrypted or it is logged out, link it again',
    command: 'openclaw channels login --channel whatsapp',
  },
  {
    id: 'signal',
    title: 'Signal: sessions with people are as old as the snapshot; if messages cannot be decrypted, link it again',
    command: 'openclaw channels status --channel signal --probe',
  },
  {
    id: 'matrix',
    title:
      'Matrix: encryption keys are as old as the snapshot; if messages cannot be decrypted, verify the device again',
    command: 'openclaw channels status --channel matrix --probe',
  },
];

/** What a person has to see to after every restore of this state, whatever the drill says. */
export function aftercare({ manifest, config, stateDir, links }: AftercareFacts): Todo[] {
  const channels = valueAt(config, 'channels');
  const isUsed = (id: string): boolean =>
    (isRecord(channels) && Object.hasOwn(channels, id)) || existsSync(join(stateDir, 'credentials', id));
  const todo: Todo[] = links.map(({ path, target }) => ({
    title: `${path} links to ${target}, which is not part of the snapshot: see that it is there`,
  }));
  if (manifest.counts.plugins > 0) {
    todo.push({
      title: 'fetch the installed plugins again: the snapshot holds their records, not their packages',
      command: 'openclaw doctor --fix',
    });
  }
  for (const { id, title, command } of ROLLING) if (isUsed(id)) todo.push({ title, command });
  return todo;
}
