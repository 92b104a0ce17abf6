import { ClawbackError } from '../../ports/errors.ts';
import type { Schedule } from '../config/config.ts';
import type { Destination } from '../publish.ts';
import { backupDue } from '../schedule/backup-due.ts';
import type { Deadline } from '../schedule/overdue.ts';
import { isoSeconds } from './document.ts';
import type { Sighting } from './survey.ts';

/** How one destination stands with one instance. Times are ISO 8601 in UTC. */
export interface DestinationStatus {
  readonly name: string;
  readonly location: string;
  /** False if it did not answer. */
  readonly ok: boolean;
  /** When its newest snapshot was taken; null if it has none. */
  readonly lastSuccess: string | null;
  readonly snapshot: string | null;
  readonly bytes: number | null;
  /** Null if nobody knows a schedule. */
  readonly nextDue: string | null;
  readonly overdue: boolean;
  readonly error?: string;
}

/**
 * @param seen what the destination has, or why it did not answer; null if it has nothing of the instance
 * @param schedule null where only the status object knows when the next backup is due
 * @param now milliseconds since 1970
 */
export function destinationStatus(
  { destination, seen }: { readonly destination: Destination; readonly seen: Sighting | ClawbackError | null },
  schedule: Schedule | null,
  now: number,
): DestinationStatus {
  const { name, storage } = destination;
  const place = { name, location: storage.location };
  const nothing = { lastSuccess: null, snapshot: null, bytes: null, nextDue: null, overdue: false };
  if (seen instanceof ClawbackError) return { ...place, ok: false, ...nothing, error: seen.message };
  const last = seen === null ? null : lastOf(seen);
  if (seen === null || last === null) return { ...place, ok: true, ...nothing };
  const due = schedule === null ? dueByDocument(seen, last.at) : backupDue(Date.parse(last.at), schedule);
  return {
    ...place,
    ok: true,
    lastSuccess: last.at,
    snapshot: last.snapshot,
    bytes: last.bytes,
    nextDue: due === null ? null : isoSeconds(due.due),
    overdue: due !== null && now > due.overdue,
  };
}

/** The newest snapshot, whoever tells of it: a status object may not have been written, a snapshot not be listed. */
function lastOf({ newest, document }: Sighting): { at: string; snapshot: string; bytes: number } | null {
  if (document !== null && (newest === null || newest.id <= document.snapshot)) {
    return { at: document.lastSuccess, snapshot: document.snapshot, bytes: document.bytes };
  }
  return newest === null ? null : { at: newest.createdAt, snapshot: newest.id, bytes: newest.bytes };
}

/** As long after the newest snapshot as the status object said of its own. */
function dueByDocument({ document }: Sighting, last: string): Deadline | null {
  const { lastSuccess, nextDue, overdueAfter } = document ?? {};
  if (lastSuccess === undefined || nextDue == null || overdueAfter == null) return null;
  const later = Date.parse(last) - Date.parse(lastSuccess);
  return { due: Date.parse(nextDue) + later, overdue: Date.parse(overdueAfter) + later };
}
