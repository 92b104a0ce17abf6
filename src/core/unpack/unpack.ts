import { ArchiveCheck } from '../archive/archive-check.ts';
import { DigestCheck } from '../archive/digest-check.ts';
import { type Attachment, type Entry, PAYLOAD, type StoredFile } from '../archive/manifest.ts';
import { type Stretch, stretchesOf } from '../archive/stretches.ts';
import { type StoredFrames } from '../archive/tar-access.ts';
import { type FileToMake } from './new-file.ts';
import { type FrameToUnpack } from './unpack-thread.ts';
import { type UnpackThreads } from './unpack-threads.ts';
import { type Task } from './unpacker.ts';

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
  const judge = (): void => {
    for (const found of threads.others()) archive.recognise(found);
  };
  const borders = bordersOf(stretchesOf(frames.table, tasksOf(entries, attachments, unpacking.make)));
  const compressed = frames.readAll((sealed) => {
    digest.update(sealed);
    unpacking.onRead(sealed.length);
  }, threads.room);
  let thread = threads.least();
  for await (const { frame, bytes } of compressed) {
    const border = borders.shift() ?? INSIDE;
    if (border.begins !== null) thread = threads.least();
    await threads.send(thread, { bytes, tarLength: frame.tarLength, ...border });
    judge();
  }
  await threads.done();
  judge();
  archive.finish();
  digest.finish(unpacking.digest16);
}

type Border = Pick<FrameToUnpack, 'begins' | 'ends'>;

const INSIDE: Border = { begins: null, ends: null };

/** What begins and ends with each frame. */
function bordersOf(stretches: readonly Stretch<Task>[]): Border[] {
  return stretches.flatMap(({ frames, contents }, index) =>
    frames.map(({ tarStart }, number) => ({
      begins: number === 0 ? { position: tarStart, tasks: contents } : null,
      ends: number === frames.length - 1 ? { isLast: index === stretches.length - 1 } : null,
    })),
  );
}

function tasksOf(entries: readonly Entry[], attachments: readonly Attachment[], make: Unpacking['make']): Task[] {
  const tasks: Task[] = attachments.map(({ path, offset, size, sha256 }) => ({
    ...{ path, below: '', offset, size, sha256 },
    make: null,
  }));
  for (const file of entries) {
    if (file.type !== 'file' || !('offset' in file)) continue;
    const { path, offset, size, sha256 } = file;
    tasks.push({ path, below: PAYLOAD, offset, size, sha256, make: make(file) });
  }
  return tasks;
}
