/** The thread that {@link UnpackThread} starts: inflates frames, checks and writes what they hold. */
import { parentPort } from 'node:worker_threads';
import { inflateFrame } from '../archive/inflate-frame.ts';
import { letGo } from '../memory.ts';
import { toThread } from '../thread-error.ts';
import { asNoSpace } from './new-file.ts';
import { type FrameToUnpack, type FromUnpackWorker } from './unpack-thread.ts';
import { Unpacker } from './unpacker.ts';

let unpacker: Unpacker | null = null;

function unpack({ begins, bytes, tarLength, ends }: FrameToUnpack): FromUnpackWorker {
  if (begins !== null) unpacker = new Unpacker(begins);
  if (unpacker === null) throw new Error('a frame came before its stretch had begun');
  const tar = inflateFrame(bytes, tarLength);
  unpacker.push(tar);
  letGo(tar);
  if (ends !== null) unpacker.finish(ends);
  return { taken: bytes, others: unpacker.others() };
}

parentPort?.on('message', (frame: FrameToUnpack) => {
  try {
    parentPort?.postMessage(unpack(frame));
  } catch (error) {
    parentPort?.postMessage({ error: toThread(asNoSpace(error)) } satisfies FromUnpackWorker);
    parentPort?.close();
  }
});
