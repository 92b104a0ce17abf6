import type { Config, NotifierSettings } from '../core/config/config.ts';
import type { Host } from '../core/openclaw/host.ts';
import type { ChildStarter } from '../ports/child.ts';
import type { Clock } from '../ports/clock.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { GatewayBooter, LiveGateway } from '../ports/gateway.ts';
import type { InstanceLock } from '../ports/lock.ts';
import type { Machine } from '../ports/machine.ts';
import type { ServeMetrics } from '../ports/metrics-server.ts';
import type { Notifier, Sender } from '../ports/notifier.ts';
import type { Prober } from '../ports/prober.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { Progress } from '../ports/progress.ts';
import type { Shell } from '../ports/shell.ts';
import type { Signals } from '../ports/signals.ts';
import type { Sent, Storage } from '../ports/storage.ts';

/** Everything a command may use besides its options. `src/cli` makes it; a test may make its own. */
export interface Context {
  /** Null if there is no config file and the environment names no instance. */
  readonly config: Config | null;
  readonly host: Host;
  readonly paths: Paths;
  /**
   * The storage a URL names; its adapter is loaded on first use. `onSent` is told how far each put is.
   *
   * @throws ClawbackError `CONFIG` if no adapter speaks its scheme.
   */
  readonly openStorage: (location: URL, onSent?: (sent: Sent) => void) => Promise<Storage>;
  /** What time it is at the storage that a URL names; null if it tells none. */
  readonly serverTime: (location: URL) => Promise<Date | null>;
  readonly booter: () => Promise<GatewayBooter>;
  readonly machine: () => Promise<Machine>;
  readonly prober: () => Promise<Prober>;
  readonly liveGateway: () => Promise<LiveGateway>;
  /** Sees to it that a directory goes if this process is killed; disposed of, it leaves the directory to whoever made it. */
  readonly janitor: (directory: string) => Disposable;
  /** What to boot for `--openclaw CMD_OR_VERSION`: a command as it is; a version is installed into the cache first. */
  readonly openclawCommand: (given: string) => Promise<string>;
  readonly lock: InstanceLock;
  /** Tells whom the config names what became of a run; null if it names nobody. */
  readonly notifier: Notifier | null;
  /** What sends to one place that the config names; its adapter is loaded when it sends. */
  readonly openSender: (settings: NotifierSettings) => Sender;
  readonly serveMetrics: ServeMetrics;
  /** A scheduler of this host, for an instance; its adapter is loaded when it is asked for. */
  readonly openScheduler: (wanted: WantedScheduler) => Promise<Scheduler>;
  /** The words that start this program: Node and the launcher, absolute paths. */
  readonly program: readonly string[];
  /** The time zone that this host's clocks go by. */
  readonly timezone: string;
  /** The passphrase of an identity file: from the environment, else asked for on the terminal. */
  readonly askPassphrase: () => Promise<string>;
  /** All of standard input, for `--identity -`. */
  readonly readInput: () => Promise<Uint8Array>;
  readonly now: () => Date;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Says something on stderr, unless `--quiet` is given. */
  readonly warn: (message: string) => void;
  /** Says what happens in a command that goes on and on, likewise. */
  readonly say: (message: string) => void;
  /** Says what went wrong in a command that goes on all the same. */
  readonly complain: (thrown: unknown) => void;
  readonly signals: Signals;
  readonly children: ChildStarter;
  readonly shell: Shell;
  /**
   * The same with the config read again.
   *
   * @throws ClawbackError `CONFIG` if it is wrong now.
   */
  readonly reload: () => Promise<Context>;
}

export interface WantedScheduler {
  readonly format: 'systemd' | 'cron' | 'launchd';
  readonly scope: 'user' | 'system';
  readonly instance: string;
}

/** Absolute paths of Clawback's own places (XDG base directories). */
export interface Paths {
  /** Where the config file is, or would be. */
  readonly configFile: string;
  /** Run history, spool and locks: kept. */
  readonly stateDir: string;
  /** Downloads and manifests: may be deleted at any time. */
  readonly cacheDir: string;
  /** What relative paths on the command line are relative to. */
  readonly workingDirectory: string;
}

/**
 * @throws ClawbackError `CONFIG` if there is none.
 */
export function requireConfig(context: Context): Config {
  if (context.config === null) {
    throw new ClawbackError('CONFIG', `no config file at ${context.paths.configFile}`, {
      hint: 'run clawback init, or say which file with --config',
    });
  }
  return context.config;
}

export function secondsSince(began: Date, { now }: Pick<Context, 'now'>): number {
  return (now().getTime() - began.getTime()) / 1000;
}
