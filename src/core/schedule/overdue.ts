import type { Notification } from '../../ports/notifier.ts';
import type { Saying } from '../notify/of-run.ts';
import type { Occurrences } from './occurrences.ts';

export interface Deadline {
  /** When the backup after the last good one is due; milliseconds since 1970. */
  readonly due: number;
  /** From when on its absence is worth a message: half a period late, a quarter of an hour at least, and more than it may be by chance. */
  readonly overdue: number;
}

const QUARTER_HOUR = 15 * 60_000;

/**
 * @param lastGood start of the last good backup, or since when backups have been due at all; milliseconds since 1970
 * @param jitter milliseconds by which a run may be late at random
 */
export function deadlineAfter(lastGood: number, occurrences: Occurrences, jitter: number): Deadline {
  const due = occurrences.after(lastGood);
  const period = occurrences.after(due) - due;
  return { due, overdue: due + Math.max(period / 2, QUARTER_HOUR, 2 * jitter) };
}

/** What there is to say of a backup that has not come. */
export function overdueNews({ good, due }: { good: string; due: number }, saying: Saying): Notification {
  return {
    ...saying,
    event: 'overdue',
    job: 'backup',
    ok: false,
    summary: `backup of ${saying.instance} is overdue`,
    details: [
      `it was due ${new Date(due).toISOString()}, and the last good one began ${good}`,
      'to do: clawback backup, which says what is wrong',
    ],
    ...{ snapshot: null, seconds: null, bytes: null },
  };
}
