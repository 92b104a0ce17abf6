import { realPath } from '../core/openclaw/paths.ts';
import { lookAt } from '../core/restore/place.ts';
import { newestFirst } from '../core/snapshot-id.ts';
import { sweepStaging } from '../core/staging.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Context } from './context.ts';
import { readCatalog } from './destinations.ts';
import { prepareReading, readSnapshot } from './reading.ts';
import { restoreAll } from './restore.ts';

/**
 * Restores the latest snapshot of this instance into its state directory if nothing is there. What is there stays, be it only a part.
 *
 * @returns the id of the snapshot; null if nothing was restored
 * @throws ClawbackError if a destination does not answer and none of the others has a snapshot: it may hold what is missed here.
 */
export async function restoreIfEmpty(stateDir: string, context: Context): Promise<string | null> {
  await sweepStaging(context.paths.stateDir);
  if ((await lookAt(realPath(stateDir))).taken) {
    context.say(`${stateDir} holds something already, and is used as it is`);
    return null;
  }
  const reading = await prepareReading({}, context);
  const { snapshots, failures } = await readCatalog(reading, context);
  const [latest] = newestFirst(snapshots);
  if (latest === undefined) {
    const [failed] = failures;
    if (failed !== undefined) {
      throw new ClawbackError(failed.error.code, `${failed.name} did not answer, and may hold what is missing here`, {
        hint: 'try again when it is back; to start without any state, take it out of the config',
        cause: failed.error,
      });
    }
    context.say(`there is no snapshot of ${String(reading.instance)} yet: starting fresh`);
    return null;
  }
  await untilAfter(latest.createdAt, context);
  const { todo } = await readSnapshot(latest.id, { reading, context }, (snapshot, held) => {
    const isAtHome = realPath(snapshot.manifest.installation.stateDir) === realPath(stateDir);
    const place = isAtHome ? { inPlace: true } : { inPlace: false, target: stateDir };
    const options = { ...place, snapshot: latest.id, only: [], token: 'keep', drill: false } as const;
    return restoreAll(snapshot, held, { options, context, reading });
  });
  context.say(`restored ${latest.id} to ${stateDir}`);
  for (const { title } of todo) context.say(title);
  return latest.id;
}

/** Milliseconds that clocks of two hosts may differ without anybody having to set one. */
const SMALL_SKEW = 60_000;

/**
 * Waits until this host's clock has passed the time of a snapshot: one that is taken before would not be the latest.
 *
 * @throws ClawbackError `FAILED` if it is further behind than can be waited for.
 */
async function untilAfter(createdAt: string, { clock, signal }: Context): Promise<void> {
  const behind = Date.parse(createdAt) + 1000 - clock.now().getTime();
  if (behind > SMALL_SKEW) {
    throw new ClawbackError(
      'FAILED',
      `the latest snapshot was taken ${createdAt}, which has yet to come on this host`,
      {
        hint: 'set the clock of this host; with this one its snapshots would pass for older than that one',
      },
    );
  }
  if (behind > 0) await clock.sleep(behind, signal);
}
