import { TarThread } from '../core/capture/tar-thread.ts';
import { withoutKeys } from '../core/config/environment.ts';
import { Ending } from '../core/ending.ts';
import type { Child } from '../ports/child.ts';
import { patientLock } from '../ports/lock.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { SignalName } from '../ports/signals.ts';
import { backup } from './backup.ts';
import type { Context } from './context.ts';
import { Keeper, type RunCounts } from './keeper.ts';

export interface Supervision {
  readonly command: readonly string[];
  /** Milliseconds from the signal to stop until everything must be over. */
  readonly grace: number;
  /** Fires when the command may not run any more; then nothing is stored either. */
  readonly lost: AbortSignal;
}

export interface Supervised {
  /** Of the command, as a shell gives it; 1 if that is 0 and the last snapshot could not be taken. */
  readonly exitCode: number;
  /** Id of the snapshot that was taken after its end; null if there is none. */
  readonly lastSnapshot: string | null;
  readonly runs: RunCounts;
}

const STOPPING: readonly SignalName[] = ['SIGTERM', 'SIGINT', 'SIGQUIT'];
const PASSED_ON: readonly SignalName[] = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];

/** Milliseconds of the grace period that are kept for giving the lease back and for the end of the process. */
const LEAVE = 500;

/**
 * Runs a command with backups meanwhile, and takes a last one after its end. Signals are passed on to it; what stops it also begins
 * the grace period, in which a part belongs to the command and the rest to the snapshot.
 *
 * @throws ClawbackError the reason of `lost`, after the command has stopped.
 */
export async function supervise({ command, grace, lost }: Supervision, context: Context): Promise<Supervised> {
  const keeper = new Keeper(context, { jobs: ['backup', 'prune'], finish: 0, atOnce: false });
  keeper.check();
  const child = await context.children.start(command, withoutKeys(context.host.env));
  const ending = new Ending(grace - LEAVE, context.clock);
  const gone = new AbortController();
  using _stopping = context.signals.take(STOPPING, (name) => {
    // Once the command has gone, a second signal is for the snapshot that is still being taken.
    if (ending.begun.aborted && gone.signal.aborted) ending.cutShort();
    child.signal(name);
    ending.begin();
  });
  using _others = context.signals.take(PASSED_ON, (name) => {
    child.signal(name);
  });
  whenAborted(lost, () => {
    child.signal('SIGTERM');
    ending.begin();
  });

  const keeping = keeper.keep(AbortSignal.any([ending.begun, gone.signal])).catch(context.complain);
  const reserve = (): number => (lost.aborted ? 0 : forSnapshot(keeper.lastSeconds(), grace));
  const exitCode = await endOf(child, { ending, reserve, context });
  gone.abort();
  await keeping;
  lost.throwIfAborted();
  const lastSnapshot = await lastBackup(ending, { ...context, signal: AbortSignal.any([ending.limit, lost]) });
  lost.throwIfAborted();
  return { exitCode: exitCode === 0 && lastSnapshot === null ? 1 : exitCode, lastSnapshot, runs: keeper.runs() };
}

/** Milliseconds to keep for a snapshot that took so many seconds the last time: half of the grace period at most. */
function forSnapshot(seconds: number | null, grace: number): number {
  return Math.min(grace / 2, seconds === null ? Infinity : 1500 * seconds + 1000);
}

/** Waits for a command to end by itself or when it is told to; kills it if it takes longer than its share of the grace period. */
async function endOf(
  child: Child,
  { ending, reserve, context }: { ending: Ending; reserve: () => number; context: Context },
): Promise<number> {
  const ended = new AbortController();
  whenAborted(ending.begun, () => {
    void context.clock.sleep(Math.max(0, ending.left() - reserve()), ended.signal).then(
      () => {
        context.warn('the command has not stopped in its share of the grace period, and is killed');
        child.kill();
      },
      () => undefined,
    );
  });
  try {
    return await child.ended;
  } finally {
    ended.abort();
  }
}

/** Null if it could not be taken, or not in time. */
async function lastBackup(ending: Ending, context: Context): Promise<string | null> {
  const { signal, lock } = context;
  const onWait = (holder: string): void => {
    context.say(`the last backup waits, since ${holder}`);
  };
  try {
    await using thread = new TarThread();
    const { snapshot, destinations } = await backup(
      { destinations: [], full: false },
      { ...context, lock: patientLock(lock, { signal, onWait }), notifier: inTime(context.notifier, ending) },
      thread,
    );
    const holders = destinations.filter(({ ok }) => ok).map(({ name }) => name);
    context.say(`last snapshot ${snapshot.id} is stored in ${holders.join(' and ')}`);
    return snapshot.id;
  } catch (error) {
    if (ending.limit.aborted) context.warn('the last backup was broken off: the grace period is over');
    else if (!signal.aborted) context.complain(error);
    return null;
  }
}

/** A message that does not arrive must not cost the lease, which is given back afterwards. */
function inTime(notifier: Notifier | null, { limit }: Ending): Notifier | null {
  if (notifier === null) return null;
  const over = new Promise<readonly string[]>((resolve) => {
    whenAborted(limit, () => {
      resolve(['the grace period was over before everybody was told']);
    });
  });
  return { notify: (notification) => Promise.race([notifier.notify(notification), over]) };
}

function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
