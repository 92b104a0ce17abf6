/** What a person can ask to be told; `start` is for services that measure how long a run takes, and asked for by nobody. */
export type NotifiedEvent = 'start' | 'success' | 'failure' | 'overdue' | 'drill' | 'verify';

/** One thing that happened to the protection of an instance: facts for a message, none of them secret. */
export interface Notification {
  readonly event: NotifiedEvent;
  readonly instance: string;
  readonly hostname: string;
  /** Which run it is about. */
  readonly job: 'backup' | 'verify' | 'prune' | 'drill';
  /** ISO 8601, UTC. */
  readonly at: string;
  /** False if somebody should look: a failure, an overdue backup, a check that said no. */
  readonly ok: boolean;
  /** One line for people: `backup of prod-1 failed: no destination took the snapshot`. */
  readonly summary: string;
  /** Further lines, the most important first: what failed where, what to do about it, which checks said no. */
  readonly details: readonly string[];
  /** Id of the snapshot that it is about. */
  readonly snapshot: string | null;
  /** How long the run took; null where nothing ran. */
  readonly seconds: number | null;
  /** Size of the sealed snapshot; null where there is none. */
  readonly bytes: number | null;
}

/** Tells people what happened, by whatever means the config names. */
export interface Notifier {
  /**
   * Tells everybody who asked for this event, side by side, in at most a few seconds.
   *
   * @returns what could not be told and why, a line each without secrets; never rejects, since a message that does not
   *   arrive must not spoil the run that it tells of
   */
  notify(notification: Notification): Promise<readonly string[]>;
}

/** For a config that names nobody. */
export const silentNotifier: Notifier = { notify: () => Promise.resolve([]) };
