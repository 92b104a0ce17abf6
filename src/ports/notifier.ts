/**
 * What a person can ask to be told; `start` is for services that measure how long a run takes, and asked for by nobody, and
 * `test` is sent by hand.
 */
export type NotifiedEvent = 'start' | 'success' | 'failure' | 'overdue' | 'drill' | 'verify' | 'test';

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
  /** Who holds the snapshot and who should, for machines: the details say it to people. */
  readonly destinations?: readonly { readonly name: string; readonly ok: boolean }[];
  /** Of a drill. */
  readonly verdict?: string;
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

/** A notification made fit to be shown: every fact is one line, and none is longer than a phone's screen. */
export interface Notice extends Notification {
  /** The details, a line each, and where and when. */
  readonly text: string;
}

/**
 * Carries notices to one place. It shapes and sends, once: whom to tell of what, how long to wait and whether to try again is
 * decided in `src/core/notify.ts`.
 */
export interface Sender {
  /** What may be shown of the place: the kind and the host, never the path. */
  readonly kind: string;
  readonly host: string;
  /** True for one that is told of the `start` of jobs too. */
  readonly hearsStarts: boolean;
  readonly send: Send;
}

/**
 * Resolves when the service has accepted the notice.
 *
 * @throws ClawbackError `UNAVAILABLE` if trying again may help, `DENIED` if the service refuses these credentials, else
 *   `FAILED`; no message names the URL or a secret.
 */
export type Send = (notice: Notice, signal: AbortSignal) => Promise<void>;

/** Where a sender sends to, as the config says it. */
export interface SenderAddress {
  /** May hold credentials in any part but the host: shown to nobody. */
  readonly url: URL;
  /** What signs or authorizes what is sent; null if the kind needs none, or the URL holds it. */
  readonly secret: string | null;
}
