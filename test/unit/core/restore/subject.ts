import { join } from 'node:path';
import type { Root } from '../../../../src/core/archive/manifest.ts';
import type { Captured } from '../../../../src/core/archive/pack.ts';
import type { Snapshot } from '../../../../src/core/archive/snapshot.ts';
import { type Activated, restore, type RestoreRequest } from '../../../../src/core/restore/restore.ts';
import { directory, FACTS, file, opened, packed, TRUST } from '../../../support/snapshots.ts';

export interface Subject {
  readonly snapshot: Snapshot;
  readonly digest16: string;
  readonly bytes: Buffer;
}

export interface SubjectSetting {
  /** Where the state directory was captured. */
  readonly stateDir?: string;
  /** Roots besides it. */
  readonly roots?: readonly Root[];
  readonly configPath?: string;
  /** Sealed variables, as a dotenv text. */
  readonly environment?: string;
  readonly signed?: boolean;
}

/** A state directory with a config in it, and these entries. */
export async function subject(entries: readonly Captured[], setting: SubjectSetting = {}): Promise<Subject> {
  const { stateDir = FACTS.installation.stateDir, roots = [], environment, signed = true } = setting;
  const { bytes, digest } = await packed([directory('state'), file('state/openclaw.json', '{}'), ...entries], {
    facts: {
      installation: {
        ...FACTS.installation,
        stateDir,
        configPath: setting.configPath ?? join(stateDir, 'openclaw.json'),
      },
      roots: [{ name: 'state', kind: 'state', path: stateDir, type: 'directory' }, ...roots],
    },
    ...(environment === undefined ? {} : { environment }),
    ...(signed ? {} : { sign: () => '' }),
  });
  const snapshot = await opened(bytes, { trust: { ...TRUST, allowUnsigned: !signed } });
  return { snapshot, digest16: digest.slice(0, 16), bytes };
}

/** Restores below `home`, to `home/target` unless told otherwise. */
export function restored(
  { snapshot, digest16 }: Subject,
  home: string,
  request: Partial<RestoreRequest> = {},
): Promise<Activated> {
  return restore(
    snapshot,
    {
      goal: { inPlace: false, target: join(home, 'target') },
      digest16,
      workDir: join(home, 'work'),
      stamp: '20261122T203437Z',
      owners: process.getuid?.() === 0,
      home,
      token: { kind: 'keep' },
      onRead: () => undefined,
      ...request,
    },
    new AbortController().signal,
  );
}
