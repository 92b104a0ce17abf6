/** The thread that {@link UnpackThread} starts: inflates frames, checks and writes what they hold. */
import { parentPort } from 'node:worker_threads';
import { inflateFrameHere } from '../archive/inflate-frame.ts';
import { letGo } from '../memory.ts';
import { toThread } from '../thread-error.ts';
import { asNoSpace } from './new-file.ts';
import type { FrameToInflate, FrameToUnpack, FromUnpackWorker, ToUnpackWorker } from './unpack-thread.ts';
import { Unpacker } from './unpacker.ts';

let unpacker: Unpacker | null = null;

function unpack({ begins, bytes, isInflated, tarLength, ends }: FrameToUnpack): FromUnpackWorker {
  if (begins !== null) unpacker = new Unpacker(begins);
  if (unpacker === null) throw new Error('a frame came before its stretch had begun');
  const tar = isInflated ? bytes : inflateFrameHere(bytes, tarLength);
  unpacker.push(tar);
  letGo(tar);
  if (ends !== null) unpacker.finish(ends);
  return { others: unpacker.others() };
}

function inflate({ bytes, into }: FrameToInflate): FromUnpackWorker {
  const tar = inflateFrameHere(bytes, into.length);
  into.set(tar);
  letGo(tar);
  return { others: [] };
}

parentPort?.on('message', (frame: ToUnpackWorker) => {
  try {
    parentPort?.postMessage('into' in frame ? inflate(frame) : unpack(frame));
  } catch (error) {
    parentPort?.postMessage({ error: toThread(asNoSpace(error)) } satisfies FromUnpackWorker);
    parentPort?.close();
  }
});
