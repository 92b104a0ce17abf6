import type { Recipient } from '../keys/recipients.ts';
import type { SignerKey } from '../keys/signer-key.ts';
import type { Span } from '../zone.ts';
import type { InstanceName } from './instance.ts';
import type { NotifierKind } from './notifier.ts';

/** The configuration, read, checked and with every default filled in. `docs/configuration.md` explains each key. */
export interface Config {
  /** The file it was read from; null if the environment alone gave it. */
  readonly file: string | null;
  readonly instance: InstanceName;
  /** Absolute path; null means wherever OpenClaw resolves it. */
  readonly stateDir: string | null;
  /** At least one. */
  readonly recipients: readonly Recipient[];
  /** Absolute path of the identity file; null on a host that can only write. */
  readonly identity: string | null;
  /** Absolute path of the file that holds this instance's signing key. */
  readonly signingKey: string;
  /** Keys that the environment holds; they count before the files. */
  readonly given: GivenKeys;
  /** Signers whose snapshots are trusted besides those named in the identity file. */
  readonly signers: readonly SignerKey[];
  readonly destinations: readonly Destination[];
  /** Glob patterns relative to the state directory. */
  readonly exclude: readonly string[];
  /** Patterns that are captured although a default exclusion names them. */
  readonly include: readonly string[];
  /** Whether the values of the environment contract go into the archive, or their names alone. */
  readonly environment: 'sealed' | 'names';
  readonly schedule: Schedule;
  readonly retention: Retention;
  readonly full: FullPolicy;
  readonly notify: readonly NotifierSettings[];
  readonly hooks: Hooks;
  readonly metrics: Metrics;
}

/** Texts of key files: secret. */
export interface GivenKeys {
  readonly identity: string | null;
  readonly signing: string | null;
}

export interface Destination {
  readonly name: string;
  readonly url: URL;
}

/** Cron expressions of five or six fields; null means never by itself, as the config may say. */
export interface Schedule {
  readonly backup: string | null;
  readonly verify: string | null;
  readonly prune: string | null;
  readonly drill: string | null;
  /** An IANA name. */
  readonly timezone: string;
  /** Milliseconds by which a run may be late at random. */
  readonly jitter: number;
  /** What a run that comes due does while another one is at work on the instance. */
  readonly busy: 'wait' | 'skip';
}

/** What a config that says nothing of its schedule means: hourly, weekly, daily and quarterly. */
export const USUAL_SCHEDULE: Schedule = {
  backup: '17 * * * *',
  verify: '0 4 * * 0',
  prune: '30 4 * * *',
  drill: '0 9 1 1,4,7,10 *',
  timezone: 'UTC',
  jitter: 5 * 60_000,
  busy: 'wait',
};

export type Period = 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly';

/** How many snapshots to keep of each kind; null means that the rule keeps none by itself. */
export interface Retention extends Readonly<Record<Period | 'last', number | null>> {
  /** All, or one for each period, that are at most so much older than the newest. */
  readonly within: Readonly<Record<Period | 'all', Span | null>>;
  /** Snapshots with one of these tags are kept. */
  readonly keepTags: readonly string[];
  /** The newest so many are kept whatever the rules say. */
  readonly minKeep: number;
}

/** Where numbers for Prometheus go; null means nowhere. */
export interface Metrics {
  /** Absolute path of a file for node_exporter's textfile collector. */
  readonly textfile: string | null;
  /** Where `schedule run` answers `/metrics`. */
  readonly listen: ListenAddress | null;
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface FullPolicy {
  /** Milliseconds between full snapshots. */
  readonly every: number;
  /** Fraction of the full's size beyond which the next snapshot is full again. */
  readonly whenDifferentialExceeds: number;
}

export interface NotifierSettings {
  readonly name: string;
  readonly kind: NotifierKind;
  /** May hold credentials: shown to nobody. */
  readonly url: URL;
  /** Null if the kind needs none, or the URL holds it. */
  readonly secret: string | null;
  readonly on: readonly NotifyEvent[];
}

export const NOTIFY_EVENTS = ['success', 'failure', 'overdue', 'drill', 'verify'] as const;

export type NotifyEvent = (typeof NOTIFY_EVENTS)[number];

/** Shell commands, run in order. */
export interface Hooks {
  readonly beforeBackup: readonly string[];
  readonly afterBackup: readonly string[];
  readonly beforeRestore: readonly string[];
  readonly afterRestore: readonly string[];
  /** Milliseconds that each may take. */
  readonly timeout: number;
}
