import { type InstanceLock } from '../ports/lock.ts';
import { compressFrames } from './archive/compress.ts';
import { type Manifest, type Warning } from './archive/manifest.ts';
import { seal } from './archive/sealed.ts';
import { type DietOptions } from './capture/diet.ts';
import { type FactsRequest, type Understood } from './capture/facts.ts';
import { type TarJob } from './capture/tar-job.ts';
import { TarThread } from './capture/tar-thread.ts';
import { understand } from './capture/understand.ts';
import { type SigningSecret } from './keys/signing.ts';
import { type Delivery, type Destination, publish } from './publish.ts';
import { type StoredSnapshot } from './snapshot-id.ts';
import { Spool } from './spool.ts';
import { staging } from './staging.ts';
import { VERSION } from './version.ts';

export interface BackupRequest extends Omit<FactsRequest, 'clawbackVersion'> {
  /** Absolute; null means wherever OpenClaw resolves it. */
  readonly stateDir: string | null;
  readonly recipients: readonly string[];
  readonly signingSecret: SigningSecret;
  readonly destinations: readonly Destination[];
  /** True to send what earlier runs could not deliver as well; right only if `destinations` are all of the instance's. */
  readonly catchUp: boolean;
  readonly diet: DietOptions;
  /** Clawback's own state directory: the spool and the staging directories lie in it. */
  readonly workDir: string;
}

export interface BackupPorts {
  readonly lock: InstanceLock;
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
}

/** Take one snapshot and put it in every destination, with whatever earlier runs could not deliver. */
export async function backup(request: BackupRequest, ports: BackupPorts, signal: AbortSignal): Promise<BackupOutcome> {
  await using _lock = await ports.lock.acquire(request.instance);
  await using stage = await staging(request.workDir);
  await using thread = new TarThread();
  const understood = await understand(request);
  const spool = await Spool.open(request.workDir, request.instance);

  const manifests: Manifest[] = [];
  const tar = thread.frames(tarJob(request, understood, stage.path), {
    signal,
    onBytes: ports.onBytes,
    onManifest: (manifest) => manifests.push(manifest),
  });
  const spooled = await spool.add(seal(compressFrames(tar, thread.done), request.recipients), {
    createdAt: request.createdAt,
    signal,
  });
  const [manifest] = manifests;
  if (manifest === undefined) throw new Error('a tar without a manifest');
  const waiting = request.catchUp ? await spool.waiting() : [spooled.snapshot];
  const deliveries = await publish(spool, { waiting, destinations: request.destinations }, signal);
  const dropped = await spool.limit();
  const { warnings } = manifest;
  return { snapshot: spooled.snapshot, digest: spooled.digest, manifest, deliveries, dropped, warnings };
}

/** What the thread needs to know; it can be handed neither ports nor destinations. */
function tarJob(request: BackupRequest, understood: Understood, stage: string): TarJob {
  const { instance, createdAt, environment, host, diet, signingSecret } = request;
  const facts = { instance, createdAt, environment, host, clawbackVersion: VERSION };
  return { ...facts, understood, diet, signingSecret, stage };
}
