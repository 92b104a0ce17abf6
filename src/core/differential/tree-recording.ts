import type { Listed } from '../archive/manifest.ts';
import type { Captured, CapturedFile, Pieces, Runs } from '../archive/pack.ts';
import { blockHash, BlockCutter } from './block-cutter.ts';
import { type Stamp, UNCERTAIN_MS } from '../stamp.ts';
import { BLOCK_HASH_BYTES, TreeRecorder } from './tree-record.ts';

/** Blocks of large files that are no databases: 64 KiB. Logs grow at their end, few others are changed in places. */
const BLOCK_BYTES = 64 * 1024;

/** Remembers what a full snapshot captures, while it is captured. */
export class TreeRecording {
  readonly #recorder = new TreeRecorder();
  readonly #certainBefore: number;
  #source: CapturedFile['source'];
  #blocks: { readonly size: number; readonly hashes: Buffer } | null = null;

  /** @param began when the capture did, in milliseconds since 1970 */
  constructor(began: number) {
    this.#certainBefore = began - UNCERTAIN_MS;
  }

  /** Passes on what is captured; the entry that was made of each must be told to `add` before the next is asked for. */
  async *watch(captured: Runs<Captured>): AsyncGenerator<Iterable<Captured>> {
    for await (const run of captured) yield this.#watched(run);
  }

  *#watched(run: Iterable<Captured>): Generator<Captured> {
    for (const entry of run) {
      this.#source = entry.type === 'file' ? entry.source : undefined;
      this.#blocks = null;
      if (entry.type !== 'file' || entry.content instanceof Uint8Array || entry.source === undefined) yield entry;
      else {
        const size = entry.source.pageBytes ?? BLOCK_BYTES;
        const hashes = new HashList(Math.ceil(entry.size / size));
        this.#blocks = { size, hashes: hashes.bytes };
        yield { ...entry, content: hashed(entry.content, size, hashes) };
      }
    }
  }

  readonly add = (entry: Listed): void => {
    // A full snapshot lists nothing else.
    if (entry.type === 'removed') return;
    const { path, type, mode, uid, gid, mtime } = entry;
    const described = { type, mode, uid, gid };
    if (entry.type !== 'file') {
      const stamp = { size: 0, mtimeMs: mtime, ctimeMs: Number.NaN, ino: 0 };
      const more = entry.type === 'symlink' ? { target: entry.target } : {};
      this.#recorder.add(path, { ...described, size: 0, stamp, sha256: null, more });
      return;
    }
    const { size } = entry;
    const source = this.#source;
    const stamp =
      source === undefined ? { size, mtimeMs: mtime, ctimeMs: Number.NaN, ino: 0 } : this.#certain(source.stamp);
    const companions = source?.companions?.map((companion) => companion && this.#certain(companion));
    const more = companions === undefined ? {} : { companions };
    const { sha256 } = entry;
    this.#recorder.add(path, { ...described, size, stamp, sha256, more }, this.#blocks ?? undefined);
  };

  /** Makes some of the record ahead. */
  readonly ahead = (): void => {
    this.#recorder.ahead();
  };

  /** The bytes of the record, in parts. */
  finish(): Buffer[] {
    return this.#recorder.finish();
  }

  #certain(stamp: Stamp): Stamp {
    return stamp.ctimeMs < this.#certainBefore ? stamp : { ...stamp, ctimeMs: Number.NaN };
  }
}

async function* hashed(content: Pieces, size: number, hashes: HashList): AsyncGenerator<Uint8Array> {
  const cutter = new BlockCutter(size, (bytes) => {
    hashes.add(blockHash(bytes));
  });
  for await (const piece of content) {
    cutter.write(piece);
    yield piece;
  }
  cutter.end();
}

/** Hashes one after the other: as objects, those of a large database would take many times their size. */
class HashList {
  readonly bytes: Buffer;
  #used = 0;

  constructor(blocks: number) {
    this.bytes = Buffer.alloc(blocks * BLOCK_HASH_BYTES);
  }

  add(hash: string): void {
    this.#used += this.bytes.write(hash, this.#used, 'latin1');
  }
}
