import { hasCode } from '../ports/errors.ts';
import { drain, type Met } from './archive/met.ts';
import { digestOf } from './archive/sealed.ts';
import type { Keyring } from './archive/header.ts';
import type { StoredSource } from './archive/source.ts';
import { storedSource } from './archive/stored.ts';
import type { Trust } from './archive/trust.ts';
import type { HeldSnapshot } from './catalog.ts';
import { heldSource } from './held-source.ts';
import { openHeld } from './open-held.ts';
import type { Destination } from './publish.ts';
import type { StoredSnapshot } from './snapshot-id.ts';
import { unpackAll } from './unpack/unpack-all.ts';
import { UnpackThreads } from './unpack/unpack-threads.ts';

export interface Problem {
  readonly path?: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

/** What is true of one copy of a snapshot. */
export interface Verified {
  readonly id: string;
  /** Name of the destination that holds this copy. */
  readonly destination: string;
  readonly ok: boolean;
  /** `digest`: the stored bytes are those that the key names. `full`: every hash within them as well. */
  readonly level: 'digest' | 'full';
  readonly problems: readonly Problem[];
}

export interface VerifyReading {
  /** Null on a host without an identity: then the digest alone is checked. */
  readonly keyring: Keyring | null;
  readonly trust: Trust;
  readonly signal: AbortSignal;
  /** Told sealed bytes as they are read. */
  readonly onRead: (bytes: number) => void;
  /**
   * Whether to read the base of a differential snapshot as well, and so check each file that is made from it; else the base is known to be
   * the right one, and is checked when its own turn comes.
   */
  readonly withBase: boolean;
}

/**
 * Reads every stored byte of one copy of a snapshot, and with an identity checks every hash. What is wrong with it is an
 * answer, not an error.
 *
 * @throws ClawbackError `NO_IDENTITY` if it is what its key says and sealed to others; what the storage says.
 */
export async function verify(stored: HeldSnapshot, holder: Destination, reading: VerifyReading): Promise<Verified> {
  const { keyring } = reading;
  const digest = (onRead: VerifyReading['onRead']): Promise<Verified> =>
    verifyDigest(stored, holder, { ...reading, onRead });
  if (keyring === null) return digest(reading.onRead);
  const copy = { id: stored.id, destination: holder.name, level: 'full' } as const;
  try {
    const source = storedSource(holder.storage, stored, reading.signal);
    const opening = { ...reading, keyring };
    const own = await openHeld(stored, source, opening);
    const opened =
      stored.full === null ? own : own.on(await openHeld(stored.full, baseSource(stored.full, reading), opening));
    await using threads = new UnpackThreads(reading.signal);
    const entries = await opened.entries();
    await unpackAll(opened, { ...CHECK_ONLY, ...reading, digest16: stored.digest16, entries, threads });
    return { ...copy, ...verdict(capturedDamage(opened.manifest.warnings)) };
  } catch (error) {
    const isUnopened = hasCode(error, 'NO_IDENTITY');
    if (!isUnopened && !hasCode(error, 'INTEGRITY') && !hasCode(error, 'UNTRUSTED')) throw error;
    const { ok, problems } = await digest(() => undefined);
    // Altered where it names its recipients, it looks like one that was sealed to others.
    if (isUnopened && ok) throw error;
    return { ...copy, ...verdict([...problems, { message: error.message }]) };
  }
}

const CHECK_ONLY = {
  make: () => null,
  take: async (met: AsyncIterable<Met>): Promise<void> => {
    for await (const { content } of met) await drain(content);
  },
};

/** Wherever it is: whether another copy of it is good is another question. */
function baseSource(full: HeldSnapshot, { signal }: VerifyReading): StoredSource {
  return heldSource(full, { signal, onLeave: () => undefined });
}

async function verifyDigest(
  stored: StoredSnapshot,
  { name, storage }: Destination,
  { signal, onRead }: VerifyReading,
): Promise<Verified> {
  const found = await digestOf(counted(storedSource(storage, stored, signal).read(0, null), onRead));
  const same = found.startsWith(stored.digest16);
  const message = 'the stored bytes are not those that the key names';
  const problems = same ? [] : [{ message, expected: stored.digest16, found }];
  return { id: stored.id, destination: name, level: 'digest', ...verdict(problems) };
}

/** A snapshot that holds exactly what was captured, of which something was damaged already, never counts as good. */
function capturedDamage(warnings: readonly { path?: string; message: string; severity: string }[]): Problem[] {
  return warnings
    .filter(({ severity }) => severity === 'damage')
    .map(({ path, message }) => ({
      ...(path === undefined ? {} : { path }),
      message: `when it was captured: ${message}`,
    }));
}

function verdict(problems: readonly Problem[]): { ok: boolean; problems: readonly Problem[] } {
  return { ok: problems.length === 0, problems };
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    onRead(piece.length);
    yield piece;
  }
}
