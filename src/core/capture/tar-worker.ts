/** The thread that {@link TarThread} starts: reads the installation and writes its tar, with no call that waits for another thread. */
import { parentPort } from 'node:worker_threads';
import { AT_ONCE, FrameMemory } from '../archive/frame-writer.ts';
import { FRAME_TAR_BYTES } from '../archive/seek-table.ts';
import { toThread } from '../thread-error.ts';
import { Disturbed } from './disturbed.ts';
import { type TarJob, writeTar } from './tar-job.ts';
import type { FromTarWorker, ToTarWorker } from './tar-thread.ts';

/**
 * Bytes that may be on their way at once: what is being compressed, and what keeps those busy who compress while this thread
 * brings the list to its end. Of frames that are not full there are more.
 */
const AHEAD_BYTES = (AT_ONCE + 3) * FRAME_TAR_BYTES;

const memory = new FrameMemory();
let underWay = 0;
let onReturn: () => void = () => undefined;

function send(message: FromTarWorker): void {
  parentPort?.postMessage(message);
}

async function run(job: TarJob): Promise<void> {
  let read = 0;
  const frames = writeTar(job, {
    memory,
    // Whoever waits for the frames ends this thread when it is interrupted.
    signal: new AbortController().signal,
    onBytes: (bytes) => (read += bytes),
    onManifest: (manifest, sha256) => {
      send({ manifest, sha256 });
    },
  });
  for await (const frame of frames) {
    while (underWay + frame.length > AHEAD_BYTES) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      onReturn = () => {
        resolve(undefined);
      };
      await promise;
    }
    underWay += frame.length;
    send({ frame, read });
    read = 0;
  }
  send({ end: true });
  // This thread has nothing more to do, and is gone by the time when somebody would wait for that.
  parentPort?.close();
}

parentPort?.on('message', (message: ToTarWorker) => {
  if ('job' in message) {
    run(message.job).catch((error: unknown) => {
      send(error instanceof Disturbed ? { disturbed: error.database } : { error: toThread(error) });
    });
    return;
  }
  memory.give(message.done);
  underWay -= message.done.length;
  onReturn();
});
