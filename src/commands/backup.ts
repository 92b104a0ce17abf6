import { backup as takeBackup, type BackupOutcome, type BackupRequest } from '../core/backup.ts';
import { diet, type Diet } from '../core/diet-report.ts';
import { totalsOf, type Warning } from '../core/archive/manifest.ts';
import type { TarThread } from '../core/capture/tar-thread.ts';
import type { Config } from '../core/config/config.ts';
import { parseTag } from '../core/tags.ts';
import { ClawbackError } from '../ports/errors.ts';
import { type BesideWarning, leaveBeside } from './beside.ts';
import { canaryToSeal } from './canary.ts';
import { type Context, requireConfig, secondsSince } from './context.ts';
import { createdAtNow } from './created-at.ts';
import { chosenDestinations, refuseUnknown } from './destinations.ts';
import { hooksAround } from './hooks-around.ts';
import { recorded, type Told } from './recorded.ts';
import { loadSigningSecret } from './signing-key.ts';
import { type SnapshotView, viewOf } from './snapshot-view.ts';
import { UploadProgress } from './upload-progress.ts';

export interface BackupOptions {
  /** Names from the config; empty means all. */
  readonly destinations: readonly string[];
  readonly full: boolean;
  /** Names that the snapshot can be kept by. */
  readonly tags?: readonly string[] | undefined;
}

export interface BackupResult {
  readonly snapshot: SnapshotView & { readonly files: number; readonly digest: string };
  readonly destinations: readonly {
    readonly name: string;
    readonly location: string;
    readonly ok: boolean;
    /** Snapshots of earlier runs that were delivered now. */
    readonly caughtUp: readonly string[];
    readonly error?: string;
  }[];
  /** Snapshots that waited for a destination, and had to make room on this host. */
  readonly dropped?: readonly string[];
  readonly warnings: readonly (Warning | BesideWarning)[];
  /** What is wrong with the hooks that came after it. */
  readonly hookProblems?: readonly string[];
  readonly seconds: number;
}

/**
 * Takes one snapshot and puts it in every destination.
 *
 * @param thread reads the installation; of this backup alone, and whoever started it ends it
 * @throws ClawbackError the error of the first destination if none took it; the snapshot then waits for the next run.
 */
export async function backup(options: BackupOptions, context: Context, thread: TarThread): Promise<BackupResult> {
  const began = context.now();
  const config = requireConfig(context);
  refuseUnknown(options.destinations, config);
  const tags = (options.tags ?? []).map(parseTag);
  const task = context.progress.start('backing up', null);
  const onBytes = task.advance.bind(task);
  const outcome = await recorded({ job: 'backup', instance: config.instance, tell }, context, async () => {
    using uploads = new UploadProgress(context.progress);
    const request = await requestOf(options, config, uploads.watching(context));
    return await takeBackup(
      request,
      { lock: context.lock, thread, hooks: hooksAround('backup', context), onBytes },
      context.signal,
    );
  }).finally(() => {
    task.end();
  });
  const { snapshot, digest, manifest, deliveries, dropped, warnings, hookProblems } = outcome;
  for (const { id } of dropped)
    context.warn(`${id} waits no longer for the destinations that lack it: too much waits here`);
  const [failed] = deliveries;
  if (failed?.error && deliveries.every(({ ok }) => !ok)) {
    throw new ClawbackError(failed.error.code, `no destination took the snapshot: ${failed.error.message}`, {
      cause: failed.error,
      hint: `${failed.error.hint ?? 'see the message'}; the snapshot is kept and the next backup sends it`,
    });
  }
  const chosen = await chosenDestinations(options.destinations, config, context);
  const beside = await leaveBeside(outcome, { config, destinations: chosen, tags }, context);
  return {
    snapshot: { ...viewOf(snapshot), files: totalsOf(manifest).files, digest },
    destinations: deliveries.map(({ name, location, ok, delivered, error }) => ({
      name,
      location,
      ok,
      caughtUp: delivered.filter((id) => id !== snapshot.id),
      ...(error === null ? {} : { error: error.message }),
    })),
    ...(dropped.length === 0 ? {} : { dropped: dropped.map(({ id }) => id) }),
    warnings: [...warnings, ...beside],
    ...(hookProblems.length === 0 ? {} : { hookProblems }),
    seconds: secondsSince(began, context),
  };
}

function tell({ snapshot, manifest, deliveries, warnings }: BackupOutcome): Told<'backup'> {
  return {
    ok: deliveries.some(({ ok }) => ok),
    snapshot: snapshot.id,
    bytes: snapshot.bytes,
    counts: manifest.counts,
    damaged: warnings.some(({ severity }) => severity === 'damage'),
    destinations: deliveries.map(({ name, ok, error }) => ({
      name,
      ok,
      ...(error === null ? {} : { error: error.message }),
    })),
  };
}

async function requestOf(options: BackupOptions, config: Config, context: Context): Promise<BackupRequest> {
  return {
    ...(await sourceOf(options, config, context)),
    instance: config.instance,
    // A destination that was not chosen may still lack what waits.
    catchUp: options.destinations.length === 0,
    createdAt: await createdAtNow(config.instance, context),
    begunAt: context.now().getTime(),
    environment: config.environment,
    recipients: config.recipients,
    signingSecret: await loadSigningSecret(config),
    full: options.full ? 'always' : config.full,
    canary: await canaryToSeal(context),
    workDir: context.paths.stateDir,
  };
}

/** What a backup would capture and what it would leave out; reads no content and writes nothing. */
export async function rehearseBackup(options: BackupOptions, context: Context): Promise<Diet> {
  const config = requireConfig(context);
  refuseUnknown(options.destinations, config);
  return diet(await sourceOf(options, config, context));
}

async function sourceOf(
  options: BackupOptions,
  config: Config,
  context: Context,
): Promise<Pick<BackupRequest, 'host' | 'stateDir' | 'destinations' | 'diet'>> {
  const { paths, host } = context;
  return {
    host,
    stateDir: config.stateDir,
    destinations: await chosenDestinations(options.destinations, config, context),
    diet: { exclude: config.exclude, include: config.include, own: [paths.stateDir, paths.cacheDir] },
  };
}
