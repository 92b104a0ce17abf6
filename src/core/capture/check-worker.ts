/** The thread that {@link CheckThread} starts: looks through copies of databases, one after the other. */
import { parentPort } from 'node:worker_threads';
import { toThread } from '../thread-error.ts';
import type { FromCheckWorker, ToCheckWorker } from './check-thread.ts';
import { checkCopy } from './database.ts';

function answer({ copy }: ToCheckWorker): FromCheckWorker {
  try {
    return { made: checkCopy(copy) };
  } catch (error) {
    return { error: toThread(error) };
  }
}

parentPort?.on('message', (asked: ToCheckWorker) => {
  parentPort?.postMessage(answer(asked));
});
