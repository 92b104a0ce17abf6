import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { ChangedBlocks } from '../archive/manifest.ts';
import type { Pieces } from '../archive/pack.ts';
import { blockHash, BlockCutter } from './block-cutter.ts';

export interface Compared {
  /** SHA-256 of the whole content, hex. */
  readonly sha256: string;
  /** Size of the whole content in bytes. */
  readonly size: number;
  readonly runs: ChangedBlocks['runs'];
  /** Size of all changed blocks in bytes. */
  readonly changedBytes: number;
  /** The changed blocks one after the other; null if they are more than was to be kept. */
  readonly kept: readonly Buffer[] | null;
}

export interface ComparedWith {
  /** Size of a block in bytes. */
  readonly blockBytes: number;
  /** Hash that a block had; null if there was no such block. */
  readonly hashOf: (block: number) => string | null;
  /** How many bytes of changed blocks to keep. */
  readonly keep: number;
}

/** Reads a content to its end and finds which of its blocks are not what they were. */
export async function compareBlocks(content: Pieces, { blockBytes, hashOf, keep }: ComparedWith): Promise<Compared> {
  const whole = createHash('sha256');
  const runs: [start: number, count: number][] = [];
  let kept: Buffer[] | null = [];
  let [changedBytes, size, block] = [0, 0, 0];
  const cutter = new BlockCutter(blockBytes, (bytes) => {
    const current = block++;
    if (hashOf(current) === blockHash(bytes)) return;
    const run = runs.at(-1);
    if (run !== undefined && run[0] + run[1] === current) run[1] += 1;
    else runs.push([current, 1]);
    changedBytes += bytes.length;
    if (changedBytes > keep) kept = null;
    kept?.push(Buffer.from(bytes));
  });
  for await (const piece of content) {
    size += piece.length;
    whole.update(piece);
    cutter.write(piece);
  }
  cutter.end();
  return { sha256: whole.digest('hex'), size, runs, changedBytes, kept };
}

/** Reads at most this much at once; a multiple of every block size. 1 MiB. */
const READ_BYTES = 1024 * 1024;

/** The blocks of a file that nobody writes to, one run after the other. A piece holds its bytes until the next is asked for. */
export function* readBlocks(path: string, { size, runs }: Omit<ChangedBlocks, 'offset'>): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const descriptor = openSync(path, 'r');
  try {
    for (const [start, count] of runs) {
      const end = (start + count) * size;
      for (let at = start * size; at < end;) {
        const read = readSync(descriptor, buffer, 0, Math.min(READ_BYTES, end - at), at);
        if (read === 0) break;
        at += read;
        yield buffer.subarray(0, read);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
