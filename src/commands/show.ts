import { type Manifest, totalsOf } from '../core/archive/manifest.ts';
import type { Context } from './context.ts';
import { type ReadOptions, withSnapshot } from './reading.ts';
import { type SnapshotView, viewOf } from './snapshot-view.ts';

export interface ShowOptions extends ReadOptions {
  readonly snapshot: string;
}

/** The manifest, without what could help to guess a secret. */
export interface ShowResult extends Pick<
  Manifest,
  'installation' | 'roots' | 'excluded' | 'environment' | 'devices' | 'counts' | 'warnings'
> {
  readonly snapshot: SnapshotView;
  /** Who signed it; null if it was shown unsigned. */
  readonly signer: string | null;
  readonly token: Pick<Manifest['token'], 'mode' | 'winner'>;
  readonly files: number;
  /** Sum of the sizes of all files. */
  readonly bytes: number;
}

/** What a snapshot was taken from and what it holds. */
export async function show(options: ShowOptions, context: Context): Promise<ShowResult> {
  return withSnapshot(options.snapshot, { options, context }, ({ manifest, signer }, held) => {
    const { installation, roots, excluded, environment, counts, warnings, token } = manifest;
    const { files, bytes } = totalsOf(manifest);
    return Promise.resolve({
      snapshot: viewOf(held),
      installation,
      roots,
      excluded,
      environment,
      // The generation of a token is an unsalted hash of the shared secret.
      devices: manifest.devices.map((device) => ({
        ...device,
        tokens: device.tokens.map(({ role, revoked }) => ({ role, revoked, generation: null })),
      })),
      counts,
      warnings,
      signer,
      token: { mode: token.mode, winner: token.winner },
      files,
      bytes,
    });
  });
}
