import { contentsOf } from '../archive/contents.ts';
import type { Entry, FileEntry } from '../archive/manifest.ts';
import type { Met } from '../archive/met.ts';
import { ownEntries, passOwn, passThrough } from '../archive/pass.ts';
import type { Snapshot } from '../archive/snapshot.ts';
import type { FileToMake } from './new-file.ts';
import { takenFrom } from './taken-from.ts';
import { unpack } from './unpack.ts';
import type { UnpackThreads } from './unpack-threads.ts';

export interface UnpackingAll {
  /** First 16 hex digits of the digest, from the key. */
  readonly digest16: string;
  /** All of them. */
  readonly entries: readonly Entry[];
  /** Whether to go through the base of a differential snapshot as well; without, only what lies in its own tar is checked. */
  readonly withBase: boolean;
  /** What to make of a file; null to check it only. */
  readonly make: (file: FileEntry) => FileToMake | null;
  /** Takes files that this thread must read: of a differential snapshot, those that are made from a changed one of its base. */
  readonly take: (met: AsyncIterable<Met<FileEntry>>) => Promise<void>;
  /** Told sealed bytes as they are read. */
  readonly onRead: (bytes: number) => void;
  /** It is worth to start them early: they load their program while the list is read. */
  readonly threads: UnpackThreads;
  readonly signal: AbortSignal;
}

/**
 * Goes through a whole snapshot once, after its base, and checks all that {@link passThrough} does, with the help of other threads.
 *
 * @throws ClawbackError `INTEGRITY` at the first thing that is wrong; `NO_SPACE`; what `take` throws
 */
export async function unpackAll(snapshot: Snapshot, unpacking: UnpackingAll): Promise<void> {
  const { manifest, tar } = snapshot;
  const { entries, onRead, signal, threads, withBase } = unpacking;
  const base = withBase ? snapshot.base : null;
  // Repacked by other tools, a tar can only be read from one end to the other.
  if (tar.frames === null || base?.tar.frames === null) {
    await unpacking.take(filesOf((withBase ? passThrough : passOwn)(snapshot, unpacking), signal));
    return;
  }
  const own = await ownEntries(snapshot, entries);
  if (base !== null) {
    const below = await base.entries();
    const { same, made } = takenFrom(below, entries);
    const attachments = base.manifest.attachments;
    const digest16 = manifest.base?.digest.slice(0, 16) ?? '';
    const make = (file: FileEntry): FileToMake | null => {
      const copy = same.get(file.path);
      return copy === undefined ? null : unpacking.make(copy);
    };
    await unpack(base.tar.frames, { entries: below, attachments, digest16, make, onRead }, threads);
    await unpacking.take(contentsOf(snapshot, made));
  }
  const { attachments } = manifest;
  await unpack(tar.frames, { ...unpacking, entries: own, attachments }, threads);
}

async function* filesOf(met: AsyncIterable<Met>, signal: AbortSignal): AsyncGenerator<Met<FileEntry>> {
  for await (const { entry, content } of met) {
    signal.throwIfAborted();
    if (entry.type === 'file') yield { entry, content };
  }
}
