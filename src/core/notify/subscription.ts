import type { Notification, Sender } from '../../ports/notifier.ts';
import type { NotifierSettings, NotifyEvent } from '../config/config.ts';
import type { Job } from '../history.ts';

/** A place that is told of some events. */
export interface Subscription {
  /** As the config calls it. */
  readonly name: string;
  readonly on: readonly NotifyEvent[];
  readonly sender: Sender;
}

export function subscriptionsOf(
  places: readonly NotifierSettings[],
  open: (settings: NotifierSettings) => Sender,
): readonly Subscription[] {
  return places.map((settings) => ({ name: settings.name, on: settings.on, sender: open(settings) }));
}

/** The event that a job ends with when all is well; a prune that went well is no news. */
export const GOOD_ENDS: Readonly<Record<Job, NotifyEvent | null>> = {
  backup: 'success',
  verify: 'verify',
  drill: 'drill',
  prune: null,
};

/**
 * True if a place wants to know. `failure` stands for every job that goes wrong, so it includes the drill and the verify that say
 * no. A start is told to those who will be told of a good end: a clock that is started must be stopped.
 */
export function wants({ on, sender }: Subscription, { event, job, ok }: Notification): boolean {
  if (event === 'test') return true;
  if (event === 'start') {
    const end = GOOD_ENDS[job];
    return sender.hearsStarts && end !== null && on.includes(end);
  }
  return on.includes(event) || (!ok && event !== 'overdue' && on.includes('failure'));
}
