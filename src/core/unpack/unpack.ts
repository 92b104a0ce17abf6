import { ArchiveCheck } from '../archive/archive-check.ts';
import { DigestCheck } from '../archive/digest-check.ts';
import { type Attachment, type Entry, PAYLOAD, type StoredFile } from '../archive/manifest.ts';
import { mapOrdered } from '../archive/ordered.ts';
import { type Stretch, stretchesOf } from '../archive/stretches.ts';
import type { StoredFrames } from '../archive/tar-access.ts';
import type { FileToMake } from './new-file.ts';
import type { FrameToUnpack } from './unpack-thread.ts';
import type { UnpackThreads } from './unpack-threads.ts';
import type { Task } from './unpacker.ts';

/** Frames that are prepared before a thread has room for them. */
const AHEAD = 3;

/** A stretch of more frames is one of a large file, of which each but the first holds 4 MiB. */
const LONG_FRAMES = 4;

/** What a tar must hold, and what is to be made of it. */
export interface Unpacking {
  /** First 16 hex digits of the digest, from the key. */
  readonly digest16: string;
  readonly entries: readonly Entry[];
  readonly attachments: readonly Attachment[];
  /** What to make of a file; null to check it only. */
  readonly make: (file: StoredFile) => FileToMake | null;
  /** Told sealed bytes as they are read. */
  readonly onRead: (bytes: number) => void;
}

/**
 * Goes through the tar of a snapshot once, checks everything that can be checked, and writes the files that it is asked to make:
 * this thread reads and opens, others inflate, check and write, of which each has a stretch of the tar.
 *
 * @throws ClawbackError `INTEGRITY` at the first thing that is wrong; `NO_SPACE`; `ABORTED`
 */
export async function unpack(frames: StoredFrames, unpacking: Unpacking, threads: UnpackThreads): Promise<void> {
  const digest = new DigestCheck();
  const { entries, attachments } = unpacking;
  const archive = new ArchiveCheck(
    entries.filter(({ type }) => type !== 'file'),
    [],
  );
  const taskOf = (content: Content): Task => {
    const { path, offset, size, sha256 } = content;
    const isFile = 'type' in content;
    return { path, below: isFile ? PAYLOAD : '', offset, size, sha256, make: isFile ? unpacking.make(content) : null };
  };
  const judge = (): void => {
    for (const found of threads.others()) archive.recognise(found);
  };
  const stored = entries.filter((entry) => entry.type === 'file' && 'offset' in entry);
  const borders = bordersOf(stretchesOf(frames.table, [...attachments, ...stored]));
  const compressed = frames.readAll((sealed) => {
    digest.update(sealed);
    unpacking.onRead(sealed.length);
  }, threads.room);
  let index = 0;
  const prepared = mapOrdered(compressed, AHEAD, async ({ frame, bytes }) => {
    const border = borders[index++] ?? INSIDE;
    if (!border.isLong) return { frame, bytes, border };
    return { frame, bytes: await threads.inflate(bytes, frame.tarLength), border };
  });
  let thread = threads.least();
  for await (const { frame, bytes, border } of prepared) {
    const { begins, ends, isLong } = border;
    if (begins !== null) thread = threads.least();
    await threads.send(thread, {
      ...{ bytes, isInflated: isLong, tarLength: frame.tarLength, ends },
      begins: begins && { position: frame.tarStart, tasks: begins.map(taskOf) },
    });
    judge();
  }
  await threads.done();
  judge();
  archive.finish();
  digest.finish(unpacking.digest16);
}

type Content = StoredFile | Attachment;

/** What begins and ends with a frame. */
interface Border {
  /** Contents of a stretch. */
  readonly begins: readonly Content[] | null;
  readonly ends: FrameToUnpack['ends'];
  /** Whether the stretch is so long that the thread that has it would be the last to end: its frames are inflated for it. */
  readonly isLong: boolean;
}

const INSIDE: Border = { begins: null, ends: null, isLong: false };

function bordersOf(stretches: readonly Stretch<Content>[]): Border[] {
  return stretches.flatMap(({ frames, contents }, index) =>
    frames.map((_, number) => ({
      begins: number === 0 ? contents : null,
      ends: number === frames.length - 1 ? { isLast: index === stretches.length - 1 } : null,
      isLong: frames.length > LONG_FRAMES,
    })),
  );
}
