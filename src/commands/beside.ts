import { type Alarm, suspicions } from '../core/alarm.ts';
import type { BackupOutcome } from '../core/backup.ts';
import type { Config } from '../core/config/config.ts';
import { History, lastDrillOf, type Run } from '../core/history.ts';
import type { Destination } from '../core/publish.ts';
import { backupDue } from '../core/schedule/backup-due.ts';
import { isoSeconds, type StatusDocument } from '../core/status/document.ts';
import { readStatus, writeStatus } from '../core/status/series.ts';
import { putTags } from '../core/tags.ts';
import { VERSION } from '../core/version.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Storage } from '../ports/storage.ts';
import type { Context } from './context.ts';

export interface BesideRequest {
  readonly config: Config;
  /** Those that the snapshot was put to, whether it arrived or not. */
  readonly destinations: readonly Destination[];
  readonly tags: readonly string[];
}

/** What a person should know of a backup besides what could not be captured. */
export interface BesideWarning {
  readonly message: string;
  readonly severity: 'note' | 'alarm';
}

/**
 * Puts beside the snapshot, wherever it arrived, its tags and a status object for whoever looks from elsewhere.
 *
 * @returns what could not be put, and whether the snapshot holds suspiciously little
 */
export async function leaveBeside(
  { snapshot, deliveries }: BackupOutcome,
  { config, destinations, tags }: BesideRequest,
  context: Context,
): Promise<BesideWarning[]> {
  const { signal, paths } = context;
  const runs = await new History(paths.stateDir, config.instance).runs().catch((error: unknown) => {
    context.warn(`the history could not be read: ${String(error)}`);
    return [];
  });
  const { alarms } = suspicions(runs);
  const document = documentOf(snapshot, { config, runs, alarms });
  const arrived = destinations.filter(({ name }) => deliveries.some((each) => each.name === name && each.ok));
  const warnings = await Promise.all(
    arrived.map(async ({ name, storage }): Promise<BesideWarning[]> => {
      try {
        await putTags(storage, { instance: config.instance, snapshot: snapshot.id, tags }, signal);
        await writeStatus(storage, await remembering(document, { storage, runs }, signal), signal);
        return [];
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ClawbackError)) throw error;
        const what = ['its status object', ...tags.map((tag) => `the tag ${tag}`)].join(' or ');
        return [{ message: `${name} did not take ${what}: ${error.message}`, severity: 'note' }];
      }
    }),
  );
  return [...warnings.flat(), ...alarms.filter((alarm) => alarm.snapshot === snapshot.id).flatMap(alarmWarnings)];
}

function documentOf(
  { id, createdAt, bytes }: BackupOutcome['snapshot'],
  {
    config,
    runs,
    alarms,
  }: { readonly config: Config; readonly runs: readonly Run[]; readonly alarms: readonly Alarm[] },
): StatusDocument {
  const due = backupDue(Date.parse(createdAt), config.schedule);
  return {
    format: 1,
    instance: config.instance,
    clawbackVersion: VERSION,
    lastSuccess: createdAt,
    snapshot: id,
    bytes,
    nextDue: due === null ? null : isoSeconds(due.due),
    overdueAfter: due === null ? null : isoSeconds(due.overdue),
    lastDrill: lastDrillOf(runs),
    alarm: alarms[0]?.snapshot ?? null,
  };
}

/** A host that has lost its memory, as a container does, takes over what it said when it still had it. */
async function remembering(
  document: StatusDocument,
  { storage, runs }: { readonly storage: Storage; readonly runs: readonly Run[] },
  signal: AbortSignal,
): Promise<StatusDocument> {
  if (runs.filter(({ job }) => job === 'backup').length > 1) return document;
  const before = await readStatus(storage, document.instance, signal).catch((error: unknown) => {
    // It may be allowed to put and to list alone; and what is not ours tells nothing.
    if (error instanceof ClawbackError && (error.code === 'DENIED' || error.code === 'INTEGRITY')) return null;
    throw error;
  });
  return {
    ...document,
    lastDrill: document.lastDrill ?? before?.lastDrill ?? null,
    alarm: document.alarm ?? before?.alarm ?? null,
  };
}

function alarmWarnings({ snapshot, findings }: Alarm): BesideWarning[] {
  return findings.map((finding) => ({
    message: `${finding}; nothing is pruned until you have looked and said: clawback prune --confirm ${snapshot}`,
    severity: 'alarm',
  }));
}
