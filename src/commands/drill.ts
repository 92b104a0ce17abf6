import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Snapshot } from '../core/archive/snapshot.ts';
import type { HeldSnapshot } from '../core/catalog.ts';
import { drill as questionCopy } from '../core/drill.ts';
import type { DoctorReport } from '../core/doctor/report.ts';
import type { DrillRecord } from '../core/drill/record.ts';
import type { Comparison } from '../core/drill/report.ts';
import { restoreToScratch } from '../core/drill/scratch.ts';
import { locate, type Located } from '../core/openclaw/locate.ts';
import { expandPath } from '../core/openclaw/paths.ts';
import type { TokenPolicy } from '../core/restore/token.ts';
import type { SnapshotId } from '../core/snapshot-id.ts';
import { staging } from '../core/staging.ts';
import { ClawbackError } from '../ports/errors.ts';
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
  /** A state directory of the same installation to compare the devices with; default: the live one, where it is on this host. */
  readonly against?: string | undefined;
  /** Where people will open the Control UI after a restore. */
  readonly origin?: string | undefined;
}

export interface DrillResult extends DrillRecord {
  readonly snapshot: SnapshotView;
  /** What a doctor says of the deployment around it; absent if that is not on this host. It is of now, and not remembered. */
  readonly deployment?: DoctorReport;
}

/** Restores a snapshot into scratch, boots the real OpenClaw on it muted, questions it, and erases everything. */
export async function drill(options: DrillOptions, context: Context): Promise<DrillResult> {
  const { snapshot: wanted, openclaw } = options;
  const origin = originOf(options.origin);
  const given = options.against === undefined ? undefined : await givenState(options.against, context);
  const reading = await prepareReading(options, context);
  const about = (snapshot: Snapshot): DrillRequest => {
    const against = given ?? ({ kind: 'live', stateDir: snapshot.manifest.installation.stateDir } as const);
    return { context, reading, openclaw, against, origin };
  };
  // On an OpenClaw of a certain version it is a rehearsal, which says nothing of how the snapshot comes back on this host's own.
  if (openclaw !== undefined && /^\d/.test(openclaw)) {
    return readSnapshot(wanted, { reading, context }, (snapshot, held) =>
      drillSnapshot(snapshot, held, about(snapshot)),
    );
  }
  const instance = reading.instance ?? (await findSnapshot(wanted, reading, context)).instance;
  return recorded({ job: 'drill', instance, tell }, context, () =>
    readSnapshot(wanted, { reading, context }, (snapshot, held) => drillAndRemember(snapshot, held, about(snapshot))),
  );
}

/** How to drill a snapshot that is open already. */
interface DrillRequest {
  readonly context: Context;
  readonly reading: Reading;
  readonly openclaw?: string | undefined;
  readonly against?: Comparison | undefined;
  readonly origin?: string | undefined;
  /** Of a restore that has been carried out: the secret that it chose, and where it put the installation. */
  readonly token?: TokenPolicy | undefined;
  readonly installed?: Located | undefined;
}

/** The drill after a restore, which is remembered as any other. */
export async function drillRestored(
  snapshot: Snapshot,
  stored: HeldSnapshot,
  how: DrillRequest & Required<Pick<DrillRequest, 'installed' | 'token'>>,
): Promise<DrillResult> {
  const { context } = how;
  return recorded({ job: 'drill', instance: stored.instance, tell }, context, () =>
    drillAndRemember(snapshot, stored, how),
  );
}

async function drillAndRemember(snapshot: Snapshot, stored: HeldSnapshot, how: DrillRequest): Promise<DrillResult> {
  const result = await drillSnapshot(snapshot, stored, how);
  await rememberDrill(result, how.reading, how.context);
  const { stateDir } = how.installed ?? snapshot.manifest.installation;
  const deployment = await examineDeployment(stateDir, how.context);
  return deployment === undefined ? result : { ...result, deployment };
}

function tell({ verdict, snapshot }: DrillResult): Told<'drill'> {
  return { ok: verdict === 'pass' || verdict === 'warn', verdict, snapshot: snapshot.id as SnapshotId };
}

/** The drill of a snapshot that is open already. */
async function drillSnapshot(
  snapshot: Snapshot,
  stored: HeldSnapshot,
  { context, openclaw, against, origin, token = { kind: 'keep' }, installed }: DrillRequest,
): Promise<DrillResult> {
  const { signal, progress, host } = context;
  const began = context.now();
  const command = openclaw === undefined ? undefined : await context.openclawCommand(openclaw);
  await using stage = await staging(context.paths.stateDir);
  using _watch = context.janitor(stage.path);
  const copies = join(stage.path, 'copies');
  const scratch = join(stage.path, 'scratch');
  for (const path of [copies, scratch]) await mkdir(path, { mode: 0o700 });

  const task = progress.start('restoring into scratch', stored.bytes + (stored.full?.bytes ?? 0));
  const onRead = task.advance.bind(task);
  const subject = await restoreToScratch(snapshot, stored, { stage: copies, token, signal, onRead }).finally(() => {
    task.end();
  });
  const restoreSeconds = secondsSince(began, context);
  const ports = { booter: await context.booter(), now: () => context.now().getTime(), host };
  const how = { scratch, signal, progress, restoreSeconds, command, against, origin };
  const report = await questionCopy({ ...subject, installed }, ports, how);
  const made = { at: began.toISOString(), host: host.hostname, clawbackVersion: VERSION };
  return { ...report, snapshot: viewOf(stored), ...made };
}

/** @throws ClawbackError `STATE` if it is no state directory */
async function givenState(given: string, { host, paths }: Context): Promise<Comparison> {
  const { stateDir } = await locate(host, expandPath(given, host.home, paths.workingDirectory));
  return { kind: 'given', stateDir };
}

function originOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new ClawbackError('USAGE', `${given} is no address of a page`, {
      hint: 'for example --origin https://claw.example',
    });
  }
  return new URL(given).origin;
}
