import { hasCode } from '../../ports/errors.ts';
import type { Schedule } from '../config/config.ts';
import { occurrences } from './occurrences.ts';
import { type Deadline, deadlineAfter } from './overdue.ts';

/**
 * When a backup is due after one that was taken at `last`, in milliseconds since 1970.
 *
 * @returns null if the schedule has none, or one that never comes, such as the 31st of February
 */
export function backupDue(last: number, { backup, timezone, jitter }: Schedule): Deadline | null {
  if (backup === null) return null;
  try {
    return deadlineAfter(last, occurrences(backup, timezone), jitter);
  } catch (error) {
    if (hasCode(error, 'CONFIG')) return null;
    throw error;
  }
}
