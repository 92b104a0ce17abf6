import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { totalsOf } from '../core/archive/manifest.ts';
import type { Snapshot } from '../core/archive/snapshot.ts';
import type { HeldSnapshot } from '../core/catalog.ts';
import { readConfig } from '../core/openclaw/config.ts';
import { environmentContract } from '../core/openclaw/environment.ts';
import { locate, type Located } from '../core/openclaw/locate.ts';
import { expandPath } from '../core/openclaw/paths.ts';
import { resolveToken } from '../core/openclaw/token.ts';
import { restoreOnly } from '../core/restore/only.ts';
import { type Activated, restore as activate } from '../core/restore/restore.ts';
import type { TokenPolicy } from '../core/restore/token.ts';
import { aftercare } from '../core/drill/aftercare.ts';
import type { Comparison, Todo } from '../core/drill/report.ts';
import { ClawbackError } from '../ports/errors.ts';
import { type Context, secondsSince } from './context.ts';
import { type DrillResult, drillRestored } from './drill.ts';
import { hooksAround } from './hooks-around.ts';
import { normalPath } from './ls.ts';
import { prepareReading, type Reading, type ReadOptions, readSnapshot } from './reading.ts';
import { type SnapshotView, viewOf } from './snapshot-view.ts';
import { todoAfter } from './todo.ts';

export interface RestoreOptions extends ReadOptions {
  readonly snapshot: string;
  readonly target?: string | undefined;
  readonly inPlace: boolean;
  /** Paths as `ls` prints them; empty means everything. */
  readonly only: readonly string[];
  readonly token: 'keep' | 'adopt' | 'rotate';
  readonly drill: boolean;
}

export interface RestoreResult {
  readonly snapshot: SnapshotView;
  /** Where the state directory is now. */
  readonly target: string;
  /** True if it took the place of the installation that was captured, and still does. */
  readonly activated: boolean;
  /** What was there before, moved aside. */
  readonly previous?: string;
  readonly files: number;
  /** Sum of the sizes of all files. */
  readonly bytes: number;
  readonly seconds: number;
  /** Cron jobs in the snapshot, and those that the Gateway sees where they are now. */
  readonly cronJobs?: { readonly before: number; readonly after: number };
  readonly todo: readonly Todo[];
  readonly drill?: DrillResult;
  /** What is wrong with the hooks that came after it. */
  readonly hookProblems?: readonly string[];
}

/** Brings a snapshot back, drills it, and says what a person must still do. */
export async function restore(options: RestoreOptions, context: Context): Promise<RestoreResult> {
  if (options.target === undefined && !options.inPlace) {
    throw new ClawbackError('USAGE', 'restore to where?', { hint: 'give --target DIR, or --in-place' });
  }
  if (options.only.length > 0 && options.inPlace) {
    throw new ClawbackError('USAGE', '--only does not go with --in-place', {
      hint: 'restore the paths with --target, then copy what you need',
    });
  }
  const reading = await prepareReading(options, context);
  return readSnapshot(options.snapshot, { reading, context }, (snapshot, held) =>
    options.only.length > 0
      ? restorePaths(snapshot, held, { options, context })
      : restoreAll(snapshot, held, { options, context, reading }),
  );
}

export interface Run {
  readonly options: RestoreOptions;
  readonly context: Context;
}

/** Brings back all of a snapshot that is open already. */
export async function restoreAll(
  snapshot: Snapshot,
  held: HeldSnapshot,
  { options, context, reading }: Run & { readonly reading: Reading },
): Promise<RestoreResult> {
  const began = context.now();
  const { manifest } = snapshot;
  const totals = totalsOf(manifest);
  const target = targetOf({ options, context });
  // A backup that ran meanwhile could capture half of the old state and half of the new.
  await using _lock = target === null ? await context.lock.acquire(manifest.instance) : undefined;
  await using hooks = target === null ? await hooksAround('restore', context)(context.signal) : undefined;
  const task = context.progress.start('restoring', held.bytes + (held.full?.bytes ?? 0));
  const token = await tokenPolicy(options.token, context);
  const request = {
    goal: target === null ? ({ inPlace: true } as const) : ({ inPlace: false, target } as const),
    digest16: held.digest16,
    workDir: context.paths.stateDir,
    stamp: began.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, ''),
    owners: context.host.uid === 0,
    home: context.host.home,
    token,
    onRead: task.advance.bind(task),
  };
  const activated = await activate(snapshot, request, context.signal).finally(() => {
    task.end();
  });
  const seconds = secondsSince(began, context);
  const how = { context, reading, token, installed: installedBy(activated, context), against: asideOf(activated) };
  const drill = options.drill ? await drillAfter(activated, drillRestored(snapshot, held, how), context) : undefined;
  const isUndone = drill?.verdict === 'fail' && activated.previous.length > 0;
  if (isUndone) await activated.undo();
  const result = { status: isUndone ? 'failed' : 'ok', snapshot: held.id } as const;
  const hookProblems = (await hooks?.after(result)) ?? [];
  const [previous] = isUndone ? [] : activated.previous;
  return {
    snapshot: viewOf(held),
    target: stateDirOf(activated),
    activated: options.inPlace && !isUndone,
    ...(previous === undefined ? {} : { previous }),
    files: totals.files,
    bytes: totals.bytes,
    seconds,
    cronJobs: activated.settled.cronJobs,
    todo: todoAfter(activated, {
      token: options.token,
      drill,
      care: aftercare({
        ...{ manifest, stateDir: how.installed.stateDir, links: activated.outsideLinks },
        config: (await readConfig(how.installed)).value,
      }),
      isUndone,
      elsewhere: await lookedForElsewhere(activated, context),
      isSetUp: context.config !== null,
      isStrange: await belongsToStranger(stateDirOf(activated)),
    }),
    ...(drill === undefined ? {} : { drill }),
    ...(hookProblems.length === 0 ? {} : { hookProblems }),
  };
}

/** True if the owner that was captured is not the one whose home it was put into: OpenClaw then cannot open its databases. */
async function belongsToStranger(stateDir: string): Promise<boolean> {
  const [state, home] = await Promise.all([stat(stateDir), stat(dirname(stateDir))]);
  return home.uid !== 0 && state.uid !== home.uid;
}

/** A drill that breaks off takes nothing from the restore before it, which must then not go unsaid. */
async function drillAfter(activated: Activated, drill: Promise<DrillResult>, context: Context): Promise<DrillResult> {
  try {
    return await drill;
  } catch (error) {
    const before = activated.previous.map((path) => `; what was there before is now ${path}`).join('');
    context.warn(`the snapshot is restored to ${stateDirOf(activated)}${before}; only its drill broke off`);
    throw error;
  }
}

async function restorePaths(snapshot: Snapshot, held: HeldSnapshot, { options, context }: Run): Promise<RestoreResult> {
  const began = context.now();
  const target = targetOf({ options, context }) ?? '';
  const { files, bytes } = await restoreOnly(snapshot, options.only.map(normalPath), {
    target,
    workDir: context.paths.stateDir,
    owners: context.host.uid === 0,
    signal: context.signal,
  });
  return {
    snapshot: viewOf(held),
    target,
    activated: false,
    files,
    bytes,
    seconds: secondsSince(began, context),
    todo: [],
  };
}

/** Absolute; null if in place. */
function targetOf({ options, context }: Run): string | null {
  return options.target === undefined
    ? null
    : expandPath(options.target, context.host.home, context.paths.workingDirectory);
}

/** @throws ClawbackError `CONFIG` if this host's token is asked for and it has none. */
async function tokenPolicy(kind: RestoreOptions['token'], context: Context): Promise<TokenPolicy> {
  if (kind === 'keep') return { kind };
  if (kind === 'rotate') return { kind, secret: randomBytes(24).toString('hex') };
  const secret = await hostSecret(context);
  if (secret !== null) return { kind, secret };
  throw new ClawbackError('CONFIG', 'this host has no gateway token to adopt', {
    hint: 'set OPENCLAW_GATEWAY_TOKEN, or restore with --token keep',
  });
}

/** The secret of the installation that is here now, else what the environment gives. */
async function hostSecret({ host }: Context): Promise<string | null> {
  const located = await locate(host).catch(() => null);
  if (located === null) return host.env['OPENCLAW_GATEWAY_TOKEN'] ?? null;
  const config = await readConfig(located);
  const environment = await environmentContract(located, config, host);
  return (await resolveToken({ located, config, environment })).secret;
}

/** The installation where it is now. */
function installedBy(activated: Activated, { host }: Context): Located {
  const { installation } = activated.manifest;
  const stateDir = stateDirOf(activated);
  const moved = activated.plan.roots.find(({ root }) => root.kind === 'config')?.path;
  const configPath = moved ?? join(stateDir, relative(installation.stateDir, installation.configPath));
  return { stateDir, configPath, home: host.home };
}

/** What was there before knows better who may connect today. */
function asideOf({ previousState }: Activated): Comparison | undefined {
  return previousState === null ? undefined : { kind: 'aside', stateDir: previousState };
}

function stateDirOf({ plan }: Activated): string {
  return plan.roots.find(({ root }) => root.kind === 'state')?.path ?? '';
}

/** Where this host's OpenClaw would look for its state instead, if it would not look where it is now. */
async function lookedForElsewhere(activated: Activated, context: Context): Promise<string | null> {
  const target = stateDirOf(activated);
  const here = await locate(context.host).then(
    ({ stateDir }) => stateDir,
    () => null,
  );
  return here === target || !existsSync(target) ? null : (here ?? `${context.host.home}/.openclaw`);
}
