import { join } from 'node:path';
import type { InstanceLock } from '../ports/lock.ts';
import type { Manifest, Warning } from './archive/manifest.ts';
import type { DietOptions } from './capture/diet.ts';
import type { FactsRequest, Understood } from './capture/facts.ts';
import type { TarJob } from './capture/tar-job.ts';
import type { TarThread } from './capture/tar-thread.ts';
import { understand } from './capture/understand.ts';
import type { FullPolicy } from './config/config.ts';
import { BaseStore } from './differential/base-store.ts';
import { remember, usableBase } from './differential/usable-base.ts';
import type { Hooked, HookResult } from './hooks.ts';
import { formatCanary, type PairedCanary } from './keys/canary.ts';
import type { SigningSecret } from './keys/signing.ts';
import { type Delivery, type Destination, publish } from './publish.ts';
import type { StoredSnapshot } from './snapshot-id.ts';
import { Spool } from './spool.ts';
import { staging } from './staging.ts';
import { take } from './take.ts';
import { VERSION } from './version.ts';

export interface BackupRequest extends Omit<FactsRequest, 'clawbackVersion'> {
  /** When it was begun by this host's clock, in milliseconds since 1970; `createdAt` may be later. */
  readonly begunAt: number;
  /** Absolute; null means wherever OpenClaw resolves it. */
  readonly stateDir: string | null;
  readonly recipients: readonly string[];
  readonly signingSecret: SigningSecret;
  readonly destinations: readonly Destination[];
  /** True to send what earlier runs could not deliver as well; right only if `destinations` are all of the instance's. */
  readonly catchUp: boolean;
  readonly diet: DietOptions;
  /** When a full snapshot is due, instead of one that holds what has changed since the last full one. */
  readonly full: FullPolicy | 'always';
  /** Clawback's own device, to be sealed in the snapshot so that a drill anywhere can connect as it; null if none is paired. */
  readonly canary: PairedCanary | null;
  /** Clawback's own state directory: the spool and the staging directories lie in it. */
  readonly workDir: string;
}

export interface BackupPorts {
  readonly lock: InstanceLock;
  /** Of this backup alone. */
  readonly thread: TarThread;
  /** Runs what the config has to be run before a backup, and gives back what runs the rest. */
  readonly hooks: (signal: AbortSignal) => Promise<Hooked>;
  /** Told the bytes of captured files as they are read. */
  readonly onBytes: (bytes: number) => void;
}

export interface BackupOutcome {
  readonly snapshot: StoredSnapshot;
  /** SHA-256 of the sealed bytes, hex. */
  readonly digest: string;
  readonly manifest: Manifest;
  readonly deliveries: readonly Delivery[];
  /** What some destination still lacks, and does not wait for it any more: the disk of this host is not for it alone. */
  readonly dropped: readonly StoredSnapshot[];
  readonly warnings: readonly Warning[];
  /** What is wrong with the hooks that came after it: something may be left stopped. */
  readonly hookProblems: readonly string[];
}

/** Take one snapshot and put it in every destination, with whatever earlier runs could not deliver. */
export async function backup(request: BackupRequest, ports: BackupPorts, signal: AbortSignal): Promise<BackupOutcome> {
  await using _lock = await ports.lock.acquire(request.instance);
  await using hooks = await ports.hooks(signal);
  await using stage = await staging(request.workDir);
  const understood = await understand(request);
  const spool = await Spool.open(request.workDir, request.instance);

  const bases = new BaseStore(request.workDir, request.instance);
  const base = await usableBase(bases, { ...request, spool }, signal);

  const job = tarJob(request, understood, { stage: stage.path, base: base && bases.reference(base) });
  const { thread, onBytes } = ports;
  const taken = await take(job, { request, spool, thread, onBytes }, signal);
  const waiting = request.catchUp ? await spool.waiting() : [taken.snapshot];
  const deliveries = await publish(spool, { waiting, destinations: request.destinations }, signal);
  const dropped = await spool.limit();
  // A host that cannot remember it takes a full one next time; the snapshot is as good.
  await remember(bases, base, { ...request, ...taken, deliveries, tree: job.tree }).catch(() => undefined);
  const hookProblems = await hooks.after({ status: statusOf(deliveries), snapshot: taken.snapshot.id });
  const { snapshot, digest, manifest } = taken;
  return { snapshot, digest, manifest, deliveries, dropped, warnings: manifest.warnings, hookProblems };
}

function statusOf(deliveries: readonly Delivery[]): HookResult['status'] {
  if (deliveries.every(({ ok }) => ok)) return 'ok';
  return deliveries.some(({ ok }) => ok) ? 'part' : 'failed';
}

/** What the thread needs to know; it can be handed neither ports nor destinations. */
function tarJob(request: BackupRequest, understood: Understood, place: Pick<TarJob, 'stage' | 'base'>): TarJob {
  const { instance, createdAt, begunAt, environment, host, diet, signingSecret } = request;
  const canary = request.canary === null ? null : formatCanary(request.canary);
  const facts = { instance, createdAt, environment, host, clawbackVersion: VERSION };
  const tree = join(place.stage, 'tree');
  return { ...facts, ...place, begunAt, readsInPlace: true, understood, diet, signingSecret, canary, tree };
}
