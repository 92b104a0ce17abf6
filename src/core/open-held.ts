import { ClawbackError, hasCode } from '../ports/errors.ts';
import type { Keyring } from './archive/header.ts';
import { inParts } from './archive/in-parts.ts';
import { Snapshot } from './archive/snapshot.ts';
import type { StoredSource } from './archive/source.ts';
import type { Trust } from './archive/trust.ts';
import type { HeldSnapshot } from './catalog.ts';
import { type HeldReading, heldSource } from './held-source.ts';
import type { StoredSnapshot } from './snapshot-id.ts';

/** What it takes to read what a snapshot holds. */
export interface Opening {
  readonly keyring: Keyring;
  readonly trust: Trust;
}

/**
 * Opens a snapshot from the nearest of its holders, and a differential one on its base. Without its base, if nobody has that,
 * a differential one still tells what its manifest does.
 *
 * @throws ClawbackError as {@link openHeld}
 */
export async function openWhole(held: HeldSnapshot, reading: Opening & HeldReading): Promise<Snapshot> {
  const opened = await openHeld(held, sourceOf(held, reading), reading);
  return held.full === null ? opened : opened.on(await openHeld(held.full, sourceOf(held.full, reading), reading));
}

/** A disk is quickest when it is read from one end to the other, a cloud when it is asked for several parts at once. */
function sourceOf(held: HeldSnapshot, reading: HeldReading): StoredSource {
  const source = heldSource(held, reading);
  return held.holders[0]?.storage.location.startsWith('file:') === true ? source : inParts(source);
}

/**
 * Opens a stored snapshot and checks that it is the one its key names; in another copy if one is not.
 *
 * @throws ClawbackError as {@link Snapshot.open}; `INTEGRITY` if it was taken of another instance or at another time. If no
 *   copy opens, what is wrong with the first.
 */
export async function openHeld(stored: StoredSnapshot, source: StoredSource, reading: Opening): Promise<Snapshot> {
  const reasons: ClawbackError[] = [];
  for (;;) {
    try {
      return await openCopy(stored, source, reading);
    } catch (error) {
      if (!isBadCopy(error) || reading.keyring.identities.length === 0) throw error;
      reasons.push(error);
      if (reasons.length >= source.copies) throw reasons[0] ?? error;
      source.leave(error);
    }
  }
}

/** Altered where it names its recipients, a copy looks as if it were sealed to others. */
function isBadCopy(error: unknown): error is ClawbackError {
  return hasCode(error, 'INTEGRITY') || hasCode(error, 'UNTRUSTED') || hasCode(error, 'NO_IDENTITY');
}

async function openCopy(stored: StoredSnapshot, source: StoredSource, { keyring, trust }: Opening): Promise<Snapshot> {
  const snapshot = await Snapshot.open(source, keyring, trust);
  const { instance, createdAt } = snapshot.manifest;
  if (instance !== stored.instance || createdAt !== stored.createdAt) {
    throw new ClawbackError(
      'INTEGRITY',
      `${stored.key} holds a snapshot of ${instance} from ${createdAt}: it was renamed`,
      {
        hint: 'use another snapshot, and find out who renamed this one',
      },
    );
  }
  return snapshot;
}
