import { ClawbackError } from '../ports/errors.ts';
import type { InstanceLock } from '../ports/lock.ts';
import type { Alarm } from './alarm.ts';
import type { Retention } from './config/config.ts';
import { passed } from './history.ts';
import type { Destination } from './publish.ts';
import { clear, type Cleared, NOTHING_CLEARED } from './retention/clear.ts';
import { requireRules, type RuleClock } from './retention/rules.ts';
import { type Stock, type StoredCandidate, takeStock } from './retention/stock.ts';
import { type Decision, retain } from './retention.ts';
import { Spool } from './spool.ts';
import type { StatusDocument } from './status/document.ts';
import { readStatus, writeStatus } from './status/series.ts';

export interface PruneRequest {
  readonly instance: string;
  readonly policy: Retention;
  readonly clock: RuleClock;
  readonly destinations: readonly Destination[];
  /** Decides, and removes nothing. */
  readonly dryRun: boolean;
  readonly memory: PruneMemory;
  /** Clawback's own state directory, in which the spool lies. */
  readonly workDir: string;
}

/** What this host remembers of the snapshots; ids. */
export interface PruneMemory {
  /** Those that hold less than they should. */
  readonly bad: ReadonlySet<string>;
  readonly drilled: ReadonlySet<string>;
  /** What nobody has confirmed. */
  readonly alarms: readonly Alarm[];
  /** Up to here a person has confirmed that all is as it should be; empty if never. */
  readonly confirmed: string;
}

/** How one destination fared. */
export interface Pruned extends Cleared {
  readonly name: string;
  readonly location: string;
  /** What stays and why, and what is to go; null if it did not come to that. */
  readonly decision: Decision<StoredCandidate> | null;
  /** How many keys are none that Clawback makes; nobody touched them. */
  readonly foreign: number;
}

export interface PruneOutcome {
  readonly destinations: readonly Pruned[];
  /** What holds it back, so that nothing is removed; null if nothing does. */
  readonly alarm: Alarm | null;
}

/**
 * Applies the retention policy to each destination by itself: each must be able to bring the installation back without the
 * others. As long as a snapshot that holds suspiciously little is unconfirmed, nothing is removed.
 *
 * @throws ClawbackError `CONFIG` for a policy without a rule; `LOCKED`; the error of the first destination if all failed.
 */
export async function prune(request: PruneRequest, lock: InstanceLock, signal: AbortSignal): Promise<PruneOutcome> {
  requireRules(request.policy);
  await using _lock = await lock.acquire(request.instance);
  const waiting = await (await Spool.open(request.workDir, request.instance)).waiting();
  const awaited = new Set(waiting.map(({ base }) => base));
  const surveys = await Promise.all(
    request.destinations.map((destination) => survey(destination, { ...request, awaited }, signal)),
  );
  const alarm = pendingAlarm(surveys, request.memory);
  const mayRemove = alarm === null && !request.dryRun;
  const destinations = await Promise.all(
    surveys.map(async ({ destination: { name, storage }, stock, decision, error }): Promise<Pruned> => {
      const { now } = request.clock;
      const cleared =
        mayRemove && stock !== null && decision !== null
          ? await clear(storage, { stock, remove: decision.remove, now }, signal)
          : { ...NOTHING_CLEARED, error };
      return { ...cleared, name, location: storage.location, decision, foreign: stock?.foreign ?? 0 };
    }),
  );
  const [first] = destinations;
  if (first?.error && destinations.every(({ error }) => error !== null)) throw first.error;
  if (!request.dryRun) await clearAlarms(surveys, request.memory.confirmed, signal);
  return { destinations, alarm };
}

/** What a destination has and what shall become of it, or why that is not known. */
interface Survey {
  readonly destination: Destination;
  readonly stock: Stock | null;
  readonly status: StatusDocument | null;
  readonly decision: Decision<StoredCandidate> | null;
  readonly error: ClawbackError | null;
}

async function survey(
  destination: Destination,
  { instance, policy, clock, memory, awaited }: PruneRequest & { readonly awaited: ReadonlySet<string | null> },
  signal: AbortSignal,
): Promise<Survey> {
  const { storage } = destination;
  try {
    const stock = await takeStock(storage, instance, signal);
    const status = stock.status.length === 0 ? null : await readable(readStatus(storage, instance, signal));
    const drilled = drilledIn(status);
    const knowledge = {
      isGood: (id: string) => !memory.bad.has(id),
      isDrilled: (id: string) => memory.drilled.has(id) || id === drilled,
      isAwaited: (digest16: string) => awaited.has(digest16),
    };
    return { destination, stock, status, decision: retain(stock.snapshots, policy, { clock, knowledge }), error: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ClawbackError)) throw error;
    return { destination, stock: null, status: null, decision: null, error };
  }
}

/** A status object that cannot be read, or is not ours, tells nothing; that must not keep anybody from pruning. */
async function readable(status: Promise<StatusDocument | null>): Promise<StatusDocument | null> {
  try {
    return await status;
  } catch (error) {
    if (error instanceof ClawbackError && (error.code === 'DENIED' || error.code === 'INTEGRITY')) return null;
    throw error;
  }
}

/** The snapshot whose drill passed, as another host or an earlier life of this one saw it. */
function drilledIn(status: StatusDocument | null): string | null {
  const drill = status?.lastDrill ?? null;
  return drill !== null && passed(drill) ? drill.snapshot : null;
}

/** The first that nobody has confirmed, as this host remembers, or else as a status object says. */
function pendingAlarm(surveys: readonly Survey[], { alarms, confirmed }: PruneMemory): Alarm | null {
  const [known] = alarms;
  if (known !== undefined) return known;
  const [told] = alarmsTold(surveys).filter(({ alarm }) => alarm > confirmed);
  return told === undefined
    ? null
    : { snapshot: told.alarm, findings: [`so says the status object in ${told.destination.name}`] };
}

interface ToldAlarm {
  readonly destination: Destination;
  readonly status: StatusDocument;
  readonly alarm: string;
}

function alarmsTold(surveys: readonly Survey[]): ToldAlarm[] {
  return surveys.flatMap(({ destination, status }) => {
    const alarm = status?.alarm ?? null;
    return status === null || alarm === null ? [] : [{ destination, status, alarm }];
  });
}

/** Whoever looks from elsewhere is to see at once that a person has confirmed. */
async function clearAlarms(surveys: readonly Survey[], confirmed: string, signal: AbortSignal): Promise<void> {
  for (const { destination, status, alarm } of alarmsTold(surveys)) {
    if (alarm > confirmed) continue;
    await writeStatus(destination.storage, { ...status, alarm: null }, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!(error instanceof ClawbackError)) throw error;
    });
  }
}
