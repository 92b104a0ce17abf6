import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { type Snapshot } from '../core/archive/snapshot.ts';
import { drill as questionCopy } from '../core/drill.ts';
import { type DrillReport } from '../core/drill/report.ts';
import { restoreToScratch } from '../core/drill/scratch.ts';
import { type StoredSnapshot } from '../core/snapshot-id.ts';
import { staging } from '../core/staging.ts';
import { VERSION } from '../core/version.ts';
import { type Context, secondsSince } from './context.ts';
import { type ReadOptions, withSnapshot } from './reading.ts';
import { type SnapshotView, viewOf } from './snapshot-view.ts';

export interface DrillOptions extends ReadOptions {
  readonly snapshot: string;
  /** A command, or a version to install. */
  readonly openclaw?: string | undefined;
}

export interface DrillResult extends Omit<DrillReport, 'snapshot'> {
  readonly snapshot: SnapshotView;
  /** When it began: ISO 8601, UTC. */
  readonly at: string;
  /** Name of the host that it was made on. */
  readonly host: string;
  readonly clawbackVersion: string;
}

/** Restores a snapshot into scratch, boots the real OpenClaw on it muted, questions it, and erases everything. */
export async function drill(options: DrillOptions, context: Context): Promise<DrillResult> {
  return withSnapshot(options.snapshot, { options, context }, (snapshot, held) =>
    drillSnapshot(snapshot, held, { ...options, context }),
  );
}

/** The drill of a snapshot that is open already, as after a restore. */
export async function drillSnapshot(
  snapshot: Snapshot,
  stored: StoredSnapshot,
  { context, openclaw }: { readonly context: Context; readonly openclaw?: string | undefined },
): Promise<DrillResult> {
  const { signal, progress, host } = context;
  const began = context.now();
  const command = openclaw === undefined ? undefined : await context.openclawCommand(openclaw);
  await using stage = await staging(context.paths.stateDir);
  const copies = join(stage.path, 'copies');
  const scratch = join(stage.path, 'scratch');
  for (const path of [copies, scratch]) await mkdir(path, { mode: 0o700 });

  const task = progress.start('restoring into scratch', stored.bytes);
  const onRead = task.advance.bind(task);
  const subject = await restoreToScratch(snapshot, stored, { stage: copies, signal, onRead }).finally(() => {
    task.end();
  });
  const restoreSeconds = secondsSince(began, context);
  const ports = { booter: await context.booter(), now: () => context.now().getTime(), host };
  const report = await questionCopy(subject, ports, { scratch, signal, progress, restoreSeconds, command });
  const made = { at: began.toISOString(), host: host.hostname, clawbackVersion: VERSION };
  return { ...report, snapshot: viewOf(stored), ...made };
}
