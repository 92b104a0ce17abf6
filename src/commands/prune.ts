import { type Alarm, alarmText, confirmedUntil, suspicions } from '../core/alarm.ts';
import type { Config } from '../core/config/config.ts';
import { History, passed, type Run } from '../core/history.ts';
import { prune as pruneAll, type PruneMemory, type Pruned } from '../core/prune.ts';
import type { Destination } from '../core/publish.ts';
import { zone } from '../core/zone.ts';
import { type Context, requireConfig } from './context.ts';
import { chosenDestinations, refuseUnknown } from './destinations.ts';
import { findSnapshot } from './reading.ts';
import { recorded, type Told } from './recorded.ts';

export interface PruneOptions {
  /** Names from the config; empty means all. */
  readonly destinations: readonly string[];
  readonly dryRun: boolean;
  /** A snapshot that, with all before it, a person says is as it should be: its id, or the beginning of one. */
  readonly confirm?: string | undefined;
}

interface KeptView {
  readonly id: string;
  readonly reasons: readonly string[];
}

export interface PruneResult {
  readonly dryRun: boolean;
  /** What stays in at least one destination, newest first. */
  readonly keep: readonly (KeptView & { readonly destinations: readonly string[] })[];
  /** What the policy lets go from at least one. */
  readonly remove: readonly { readonly id: string; readonly destinations: readonly string[] }[];
  readonly destinations: readonly PrunedView[];
  readonly confirmed?: string;
  /** Why nothing was removed, and the snapshot that a person must look at first. */
  readonly refused?: string;
  readonly alarm?: Alarm;
}

export interface PrunedView {
  readonly name: string;
  readonly location: string;
  readonly ok: boolean;
  readonly keep: readonly KeptView[];
  /** What the policy lets go. */
  readonly remove: readonly string[];
  /** What is gone now. */
  readonly removed: readonly string[];
  readonly undeletable: readonly { readonly id: string; readonly message: string }[];
  readonly foreign: number;
  readonly leftovers: number;
  readonly error?: string;
}

/**
 * Applies the retention policy of the config.
 *
 * @throws ClawbackError `CONFIG` for a policy without a rule; `NOT_FOUND` if there is no such snapshot to confirm; the error of
 *   the first destination if all failed.
 */
export async function prune(options: PruneOptions, context: Context): Promise<PruneResult> {
  const config = requireConfig(context);
  refuseUnknown(options.destinations, config);
  const destinations = await chosenDestinations(options.destinations, config, context);
  const runs = await new History(context.paths.stateDir, config.instance).runs();
  const confirmed = await confirmation(options, { config, runs, destinations, context });
  const request = {
    instance: config.instance,
    policy: config.retention,
    clock: { zone: zone(config.schedule.timezone), now: context.now().getTime() },
    destinations,
    dryRun: options.dryRun,
    workDir: context.paths.stateDir,
    memory: memoryOf(confirmed === null ? runs : [...runs, confirmationRun(confirmed, context)]),
  };
  const run = async (): Promise<PruneResult> => {
    const outcome = await pruneAll(request, context.lock, context.signal);
    return {
      dryRun: options.dryRun,
      ...together(outcome.destinations),
      destinations: outcome.destinations.map(viewOf),
      ...(confirmed === null ? {} : { confirmed }),
      ...(outcome.alarm === null ? {} : { refused: alarmText(outcome.alarm), alarm: outcome.alarm }),
    };
  };
  return options.dryRun ? run() : recorded({ job: 'prune', instance: config.instance, tell }, context, run);
}

interface ConfirmationTask {
  readonly config: Config;
  readonly runs: readonly Run[];
  readonly destinations: readonly Destination[];
  readonly context: Context;
}

/** A snapshot may be suspicious and still wait to be delivered, or be known to the storage alone. */
async function confirmation(
  { confirm }: PruneOptions,
  { config, runs, destinations, context }: ConfirmationTask,
): Promise<string | null> {
  if (confirm === undefined) return null;
  const [known, another] = suspicions(runs).alarms.filter(({ snapshot }) => snapshot.startsWith(confirm));
  if (known !== undefined && another === undefined) return known.snapshot;
  return (await findSnapshot(confirm, { destinations, instance: config.instance }, context)).id;
}

/** What the history will hold when this run is over. */
function confirmationRun(confirmed: string, { now }: Context): Run {
  return { job: 'prune', startedAt: now().toISOString(), seconds: 0, ok: true, confirmed };
}

function memoryOf(runs: readonly Run[]): PruneMemory {
  const drilled = runs.flatMap((run) => (run.job === 'drill' && run.snapshot && passed(run) ? [run.snapshot] : []));
  return { ...suspicions(runs), drilled: new Set(drilled), confirmed: confirmedUntil(runs) };
}

function tell({ destinations, refused, confirmed }: PruneResult): Told<'prune'> {
  return {
    ok: refused === undefined && destinations.every(({ ok }) => ok),
    removed: destinations.reduce((sum, { removed }) => sum + removed.length, 0),
    ...(confirmed === undefined ? {} : { confirmed }),
  };
}

function viewOf(pruned: Pruned): PrunedView {
  const { name, location, decision, removed, undeletable, foreign, leftovers, error } = pruned;
  return {
    ...{ name, location, ok: error === null },
    keep: (decision?.keep ?? []).map(({ snapshot, reasons }) => ({ id: snapshot.id, reasons })),
    remove: (decision?.remove ?? []).map(({ id }) => id),
    ...{ removed, undeletable, foreign, leftovers },
    ...(error === null ? {} : { error: error.message }),
  };
}

/** All destinations in one view: where each snapshot stays, and why, and where it goes. */
function together(destinations: readonly Pruned[]): Pick<PruneResult, 'keep' | 'remove'> {
  const kept = destinations.flatMap(({ name, decision }) =>
    (decision?.keep ?? []).map(({ snapshot: { id }, reasons }) => ({ id, name, reasons })),
  );
  const removed = destinations.flatMap(({ name, decision }) =>
    (decision?.remove ?? []).map(({ id }) => ({ id, name })),
  );
  return {
    keep: newestFirst(kept).map(([id, copies]) => ({
      id,
      reasons: [...new Set(copies.flatMap(({ reasons }) => reasons))],
      destinations: copies.map(({ name }) => name),
    })),
    remove: newestFirst(removed).map(([id, copies]) => ({ id, destinations: copies.map(({ name }) => name) })),
  };
}

function newestFirst<T extends { readonly id: string }>(copies: readonly T[]): [id: string, copies: T[]][] {
  return [...Map.groupBy(copies, ({ id }) => id)].sort(([a], [b]) => (a < b ? 1 : -1));
}
