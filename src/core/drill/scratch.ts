import { join } from 'node:path';
import { CANARY_PATH, totalsOf } from '../archive/manifest.ts';
import type { Snapshot } from '../archive/snapshot.ts';
import { pairedCanary } from '../keys/canary.ts';
import { settle } from '../openclaw/settle.ts';
import { extractAll } from '../restore/extract-all.ts';
import { trustedEntries } from '../restore/restore.ts';
import type { TokenPolicy } from '../restore/token.ts';
import { sealedVariables, writeVariables } from '../restore/variables.ts';
import type { StoredSnapshot } from '../snapshot-id.ts';
import { UnpackThreads } from '../unpack/unpack-threads.ts';
import type { DrillSubject } from './subject.ts';

export interface ScratchOptions {
  /** A private directory, removed by the caller. */
  readonly stage: string;
  readonly signal: AbortSignal;
  /** Which secret the restored Gateway shall have; a drill of the snapshot itself keeps the snapshot's. */
  readonly token: TokenPolicy;
  /** Told sealed bytes as they are read. */
  readonly onRead: (bytes: number) => void;
}

/**
 * Restores a snapshot into a private directory, for a drill: every hash is checked on the way, what bound it to the old
 * process is removed, and its paths stay as they were, since the copies will be bound over them.
 *
 * @throws ClawbackError `INTEGRITY` if it is not whole, `NO_SPACE`.
 */
export async function restoreToScratch(
  snapshot: Snapshot,
  stored: StoredSnapshot,
  { stage, signal, token, onRead }: ScratchOptions,
): Promise<DrillSubject> {
  const { manifest } = snapshot;
  await using threads = new UnpackThreads(signal);
  const entries = await trustedEntries(snapshot);
  const places = new Map(manifest.roots.map(({ name }) => [name, join(stage, name)]));
  const { digest16 } = stored;
  // Owners do not matter to a boot as this user, and keeping them could lock it out of its own files.
  const finish = await extractAll(snapshot, { entries, digest16, places, owners: false, onRead, threads, signal });
  const copyOf = (kind: string): string[] =>
    manifest.roots.filter((root) => root.kind === kind).map(({ name }) => join(stage, name));
  await settle({
    stateDir: join(stage, 'state'),
    moves: [],
    configFiles: copyOf('config'),
    agentDirs: copyOf('agent'),
  });
  finish();
  const canary = await snapshot.attachment(CANARY_PATH);
  return {
    manifest,
    snapshotId: stored.id,
    roots: manifest.roots.map((root) => ({ root, copy: join(stage, root.name) })),
    // With the snapshot's own token the copies stay as they were captured; the values that were sealed are the environment's.
    environment:
      token.kind === 'keep'
        ? await sealedVariables(snapshot)
        : (await writeVariables(snapshot, { token, places })).values,
    chosen: token.kind === 'keep' ? undefined : token,
    canary: canary === null ? undefined : pairedCanary(canary.toString('utf8')),
    links: entries.flatMap((entry) => (entry.type === 'symlink' && entry.outside ? [entry] : [])),
    integrity: { ...totalsOf(manifest), problems: [] },
  };
}
