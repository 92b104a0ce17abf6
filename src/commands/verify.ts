import { verify as verifyOne, type Verified } from '../core/verify.ts';
import { type Context } from './context.ts';
import { findSnapshot, prepareReading, readCatalog, type ReadOptions } from './reading.ts';

export interface VerifyOptions extends ReadOptions {
  readonly snapshot: string;
  readonly all: boolean;
}

export interface VerifyResult {
  readonly results: readonly Verified[];
}

/** Reads every stored byte of one snapshot or of all, and says what is not as it was written. */
export async function verify(options: VerifyOptions, context: Context): Promise<VerifyResult> {
  const reading = await prepareReading(options, context);
  const chosen = options.all
    ? (await readCatalog(reading, context)).snapshots
    : [await findSnapshot(options.snapshot, reading, context)];
  const results: Verified[] = [];
  for (const snapshot of chosen) {
    const task = context.progress.start(`verifying ${snapshot.id}`, snapshot.bytes);
    try {
      results.push(await verifyOne(snapshot, { ...reading, signal: context.signal, onRead: task.advance.bind(task) }));
    } finally {
      task.end();
    }
  }
  return { results };
}
