import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { type Snapshot } from '../core/archive/snapshot.ts';
import { drill as questionCopy } from '../core/drill.ts';
import { type DoctorReport } from '../core/doctor/report.ts';
import { type DrillRecord } from '../core/drill/record.ts';
import { restoreToScratch } from '../core/drill/scratch.ts';
import { type SnapshotId, type StoredSnapshot } from '../core/snapshot-id.ts';
import { staging } from '../core/staging.ts';
import { VERSION } from '../core/version.ts';
import { type Context, secondsSince } from './context.ts';
import { examineDeployment } from './doctor.ts';
import { findSnapshot, prepareReading, type Reading, type ReadOptions, readSnapshot } from './reading.ts';
import { recorded, type Told } from './recorded.ts';
import { rememberDrill } from './remember-drill.ts';
import { type SnapshotView, viewOf } from './snapshot-view.ts';

export interface DrillOptions extends ReadOptions {
  readonly snapshot: string;
  /** A command, or a version to install. */
  readonly openclaw?: string | undefined;
}

export interface DrillResult extends DrillRecord {
  readonly snapshot: SnapshotView;
  /** What a doctor says of the deployment around it; absent if that is not on this host. It is of now, and not remembered. */
  readonly deployment?: DoctorReport;
}

/** Restores a snapshot into scratch, boots the real OpenClaw on it muted, questions it, and erases everything. */
export async function drill(options: DrillOptions, context: Context): Promise<DrillResult> {
  const { snapshot: wanted, openclaw } = options;
  const reading = await prepareReading(options, context);
  // On an OpenClaw of a certain version it is a rehearsal, which says nothing of how the snapshot comes back on this host's own.
  if (openclaw !== undefined && /^\d/.test(openclaw)) {
    return readSnapshot(wanted, { reading, context }, (snapshot, held) =>
      drillSnapshot(snapshot, held, { ...options, context }),
    );
  }
  const instance = reading.instance ?? (await findSnapshot(wanted, reading, context)).instance;
  return recorded({ job: 'drill', instance, tell }, context, () =>
    readSnapshot(wanted, { reading, context }, (snapshot, held) =>
      drillAndRemember(snapshot, held, { context, reading, openclaw }),
    ),
  );
}

/**
 * The drill after a restore, which is remembered as any other.
 *
 * @param how with where the state directory has been restored to
 */
export async function drillRestored(
  snapshot: Snapshot,
  stored: StoredSnapshot,
  how: { readonly context: Context; readonly reading: Reading; readonly stateDir: string },
): Promise<DrillResult> {
  const { context } = how;
  return recorded({ job: 'drill', instance: stored.instance, tell }, context, () =>
    drillAndRemember(snapshot, stored, how),
  );
}

async function drillAndRemember(
  snapshot: Snapshot,
  stored: StoredSnapshot,
  how: {
    readonly context: Context;
    readonly reading: Reading;
    readonly openclaw?: string | undefined;
    readonly stateDir?: string;
  },
): Promise<DrillResult> {
  const result = await drillSnapshot(snapshot, stored, how);
  await rememberDrill(result, how.reading, how.context);
  const deployment = await examineDeployment(how.stateDir ?? snapshot.manifest.installation.stateDir, how.context);
  return deployment === undefined ? result : { ...result, deployment };
}

function tell({ verdict, snapshot }: DrillResult): Told<'drill'> {
  return { ok: verdict === 'pass' || verdict === 'warn', verdict, snapshot: snapshot.id as SnapshotId };
}

/** The drill of a snapshot that is open already. */
async function drillSnapshot(
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
