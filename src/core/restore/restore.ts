import { existsSync } from 'node:fs';
import { chown, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import type { Entry, Manifest } from '../archive/manifest.ts';
import type { Snapshot } from '../archive/snapshot.ts';
import type { Homes } from '../openclaw/moves.ts';
import type { Restored, Settled } from '../openclaw/restored.ts';
import { runningGateway } from '../openclaw/running.ts';
import { settle } from '../openclaw/settle.ts';
import { staging, sweepStaging } from '../staging.ts';
import { extractAll } from './extract-all.ts';
import { UnpackThreads } from '../unpack/unpack-threads.ts';
import { dress, replacing } from './place.ts';
import { EXTERNAL, type Goal, planRestore, type RestorePlan } from './plan.ts';
import { putBack } from './put-back.ts';
import { carryOut, together } from './swap.ts';
import type { TokenPolicy } from './token.ts';
import { writeVariables } from './variables.ts';

export interface RestoreRequest {
  readonly goal: Goal;
  /** First 16 hex digits of the digest, from the key. */
  readonly digest16: string;
  /** Clawback's own state directory. */
  readonly workDir: string;
  /** `20261122T203437Z`: names what is moved aside. */
  readonly stamp: string;
  /** True when running as root: files get their captured owners. */
  readonly owners: boolean;
  /** Home of the account that the restored installation is for: what `~` in its config will mean. */
  readonly home: string;
  readonly token: TokenPolicy;
  /** Told sealed bytes as they are read. */
  readonly onRead: (bytes: number) => void;
}

export interface Activated {
  readonly manifest: Manifest;
  readonly plan: RestorePlan;
  readonly settled: Settled;
  /** Links that lead out of their roots, restored as they were. */
  readonly outsideLinks: readonly { readonly path: string; readonly target: string }[];
  /** Variables that were written to the state `.env`. */
  readonly writtenVariables: readonly string[];
  /** Where what was in the way is now. */
  readonly previous: readonly string[];
  /** The one of them that was the state directory; null if none was there. */
  readonly previousState: string | null;
  /** Puts back what was there before. */
  readonly undo: () => Promise<void>;
}

/**
 * Bring a snapshot back: check every byte while it is extracted beside its place, make it fit to start, and only then put
 * it there by rename.
 *
 * @throws ClawbackError and leaves the target as it was.
 */
export async function restore(snapshot: Snapshot, request: RestoreRequest, signal: AbortSignal): Promise<Activated> {
  const { manifest } = snapshot;
  await using threads = new UnpackThreads(signal);
  const entries = await trustedEntries(snapshot);
  // First of all: a run that was killed may have left the target in the middle of a swap.
  await sweepStaging(request.workDir);
  await refuseRunning(manifest, request.goal);
  const plan = await planRestore(manifest, request.goal, new Set(entries.map(({ path }) => path)));
  const stages = new AsyncDisposableStack();
  await using _stages = stages;
  const places = new Map<string, string>();
  for (const { root, place } of plan.places) {
    const stage = stages.use(await staging(request.workDir, place.stageIn));
    places.set(root.name, join(stage.path, 'restored'));
  }
  const state = places.get('state');
  if (state === undefined) throw new ClawbackError('INTEGRITY', 'the snapshot holds no state directory');
  for (const { root, path } of plan.roots) {
    // What goes into the state directory is staged within it.
    const [stateRoot] = plan.roots;
    if (!places.has(root.name) && stateRoot !== undefined)
      places.set(root.name, join(state, path.slice(stateRoot.path.length)));
  }

  const { digest16, owners, onRead } = request;
  const finish = await extractAll(snapshot, { entries, digest16, places, owners, onRead, threads, signal });
  const settled = await settle(
    settling(plan, { state, places, homes: { from: manifest.installation.home, to: request.home } }),
  );
  finish();
  if (request.owners) await ownExternal(state);
  const { written: writtenVariables } = await writeVariables(snapshot, { token: request.token, places });

  signal.throwIfAborted();
  await refuseRunning(manifest, request.goal);
  // The state directory last: until then nothing refers to the rest.
  const replacements = await Promise.all(
    plan.places.toReversed().map(({ root, place }) => replacing(place, places.get(root.name) ?? '', request.stamp)),
  );
  const staged = await Promise.all(plan.places.map(({ root }) => stat(places.get(root.name) ?? '')));
  await carryOut(together(replacements), dirname(state));
  for (const [index, { place }] of plan.places.entries()) await dress(place, staged[index] ?? null);
  return {
    manifest,
    plan,
    settled,
    outsideLinks: entries.flatMap((entry) => (entry.type === 'symlink' && entry.outside ? [entry] : [])),
    writtenVariables,
    previous: replacements.flatMap(({ previous }) => (previous === null ? [] : [previous])),
    previousState:
      replacements[plan.places.toReversed().findIndex(({ root }) => root.kind === 'state')]?.previous ?? null,
    undo: () => putBack(replacements, request.workDir),
  };
}

/** The directory that holds external roots was not captured; it belongs to whom the state directory belongs to. */
async function ownExternal(state: string): Promise<void> {
  const external = join(state, EXTERNAL);
  if (!existsSync(external)) return;
  const { uid, gid } = await stat(state);
  await chown(external, uid, gid);
}

/** All entries; links out of their roots only if the signature covers them. */
export async function trustedEntries(snapshot: Snapshot): Promise<Entry[]> {
  const entries = await snapshot.entries();
  const outside = entries.find((entry) => entry.type === 'symlink' && entry.outside);
  if (snapshot.signer === null && outside !== undefined) {
    throw new ClawbackError(
      'INTEGRITY',
      `refused to extract ${outside.path}: it links out of its root, and nobody trusted says so`,
    );
  }
  return entries;
}

/** @throws ClawbackError `GATEWAY_RUNNING` if what would be replaced is in use. */
async function refuseRunning({ installation }: Manifest, goal: Goal): Promise<void> {
  const { stateDir, configPath, home } = installation;
  const located = goal.inPlace
    ? { stateDir, configPath, home }
    : { stateDir: goal.target, configPath: join(goal.target, 'openclaw.json'), home };
  const running = await runningGateway(located);
  if (running === null) return;
  throw new ClawbackError(
    'GATEWAY_RUNNING',
    `a Gateway runs on ${located.stateDir} (process ${running.pid}: ${running.evidence})`,
    {
      hint: 'stop it first: openclaw gateway stop, or stop its service or container',
    },
  );
}

function settling(
  plan: RestorePlan,
  staged: { readonly state: string; readonly places: ReadonlyMap<string, string>; readonly homes: Homes },
): Restored {
  const stagedOf = (kind: string): string[] =>
    plan.roots.flatMap(({ root }) => (root.kind === kind ? [staged.places.get(root.name) ?? ''] : []));
  return {
    stateDir: staged.state,
    moves: plan.moves,
    configFiles: [...stagedOf('config'), ...stagedOf('include')],
    agentDirs: stagedOf('agent'),
    homes: staged.homes,
  };
}
