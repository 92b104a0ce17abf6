import type { Config } from '../core/config/config.ts';
import { Lease, type LeaseTiming } from '../core/lease.ts';
import { stateDirOf } from '../core/openclaw/locate.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Storage } from '../ports/storage.ts';
import { type Context, requireConfig } from './context.ts';
import { restoreIfEmpty } from './restore-if-empty.ts';
import { supervise, type Supervised } from './supervise.ts';

export interface RunOptions {
  readonly command: readonly string[];
  /** Milliseconds from the signal to stop until the platform kills: for the command to stop, and a last snapshot. */
  readonly grace: number;
  /** Milliseconds that the lease lasts without being renewed; undefined for what suits the grace period. */
  readonly lease?: number | undefined;
  /** Milliseconds to wait while another host runs the instance; undefined for as long as it takes. */
  readonly wait?: number | undefined;
  readonly takeOver: boolean;
}

export interface RunResult extends Supervised {
  readonly instance: string;
  /** Id of the snapshot that the state directory came from; null if it was there already, or there was none. */
  readonly restored: string | null;
}

const USUAL_LEASE = 60_000;

/**
 * Runs a command on a host whose disk forgets: as the only one that runs this instance, on the latest snapshot if the state directory is
 * empty, with backups meanwhile and one at the end.
 *
 * @throws ClawbackError `LOCKED` if another host runs the instance, or has taken it over; and whatever keeps the state from being
 *   restored: a command that starts blank would make its next snapshot the latest.
 */
export async function run(options: RunOptions, context: Context): Promise<RunResult> {
  const config = requireConfig(context);
  const timing = timingFor(options);
  const storage = await leaseStorage(config, context);
  await using lease = await Lease.acquire(
    {
      ...{ instance: config.instance, storage, timing, takeOver: options.takeOver },
      holder: { id: crypto.randomUUID(), hostname: context.host.hostname },
      patience: options.wait ?? Infinity,
    },
    {
      clock: context.clock,
      onWait: (holder) => {
        context.say(
          `${config.instance} runs on another host: ${holder?.hostname ?? 'unknown'}; waiting for its lease to end`,
        );
      },
      onTrouble: context.warn,
    },
    context.signal,
  );
  const meanwhile = { ...context, signal: AbortSignal.any([context.signal, lease.lost]) };
  try {
    const stateDir = stateDirOf(context.host, config.stateDir);
    const restored = await restoreIfEmpty(stateDir, meanwhile);
    await lease.settled(meanwhile.signal);
    const supervised = await supervise({ command: options.command, grace: options.grace, lost: lease.lost }, context);
    return { instance: config.instance, restored, ...supervised };
  } catch (error) {
    throw lease.lost.aborted ? lease.lost.reason : error;
  }
}

/** @throws ClawbackError `USAGE` if the lease could end before its holder has stopped. */
function timingFor({ grace, lease }: RunOptions): LeaseTiming {
  const least = 3 * grace;
  if (lease !== undefined && lease < least) {
    throw new ClawbackError(
      'USAGE',
      `a lease of ${lease / 1000} s is too short for a grace period of ${grace / 1000} s`,
      {
        hint: `it takes three times the grace period at least: --lease ${Math.ceil(least / 1000)}s`,
      },
    );
  }
  const lifetime = lease ?? Math.max(USUAL_LEASE, least);
  return { lifetime, stop: grace, settle: lifetime / 30 };
}

/** Where the lease is: the first destination, since two hosts that looked in different ones would not meet. */
async function leaseStorage({ destinations }: Config, context: Context): Promise<Storage> {
  const [first] = destinations;
  if (first === undefined) throw new ClawbackError('CONFIG', 'no destination to keep the lease in');
  return context.openStorage(first.url);
}
