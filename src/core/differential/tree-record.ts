import { createHash, hash } from 'node:crypto';
import type { Entry } from '../archive/manifest.ts';
import { letGo } from '../memory.ts';
import type { Stamp } from '../stamp.ts';

/** What is remembered of one captured path. */
export interface Remembered {
  readonly type: Entry['type'];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content that were captured; a copy of a database may have another size than its file. */
  readonly size: number;
  readonly stamp: Stamp;
  /** SHA-256 of a file's content, 32 bytes; null for anything else. */
  readonly sha256: Buffer | null;
  readonly more: More;
}

/** What only some paths have. */
export interface More {
  /** Where a symlink leads. */
  readonly target?: string;
  /** Of a database: its `-wal` and `-journal`, each null if there was none. */
  readonly companions?: readonly (Stamp | null)[];
  readonly blocks?: BlockHashes;
}

/** Where the hashes of a large file's blocks stand. */
export interface BlockHashes {
  /** Size of a block in bytes. */
  readonly size: number;
  /** Among the blocks of all files. */
  readonly first: number;
  readonly count: number;
}

/** Bytes kept of the SHA-256 of a block: 2^64 blocks would have to be tried to find two that are alike. */
export const BLOCK_HASH_BYTES = 16;

const TYPES = ['file', 'directory', 'symlink'] as const;
const COLUMNS = 8;
const HASH_BYTES = 32;

/**
 * What a full snapshot captured, as the host remembers it: names, times and hashes, by which later runs find what has changed.
 * It is kept in columns: a hundred thousand objects would take longer to read, and more memory, than all else of such a run.
 */
export class TreeRecord {
  readonly #paths: readonly string[];
  readonly #types: Uint8Array;
  /** Eight for each path, as {@link TreeRecorder} adds them. */
  readonly #numbers: Float64Array;
  readonly #hashes: Buffer;
  readonly #more: Readonly<Record<number, More>>;
  readonly #blockHashes: Buffer;
  #index: Map<string, number> | null = null;

  constructor(columns: Columns) {
    this.#paths = columns.paths;
    this.#types = columns.types;
    this.#numbers = columns.numbers;
    this.#hashes = columns.hashes;
    this.#more = columns.more;
    this.#blockHashes = columns.blockHashes;
  }

  get paths(): readonly string[] {
    return this.#paths;
  }

  /** Position of a path, to be given to {@link TreeRecord.at}; undefined if it was not there. */
  find(path: string): number | undefined {
    this.#index ??= new Map(this.#paths.map((each, index) => [each, index]));
    return this.#index.get(path);
  }

  at(index: number): Remembered {
    const numbers = this.#numbers.subarray(index * COLUMNS, (index + 1) * COLUMNS);
    const [mode = 0, uid = 0, gid = 0, size = 0, stampSize = 0, mtimeMs = 0, ctimeMs = 0, ino = 0] = numbers;
    const stamp = { size: stampSize, mtimeMs, ctimeMs, ino };
    const type = TYPES[this.#types[index] ?? 0] ?? 'file';
    const sha256 = type === 'file' ? this.#hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES) : null;
    return { type, mode, uid, gid, size, stamp, sha256, more: this.#more[index] ?? {} };
  }

  /** Hash of one block of a file, as `blockHash` gives it; null if it had fewer. */
  blockHash(blocks: BlockHashes, block: number): string | null {
    if (block >= blocks.count) return null;
    const start = (blocks.first + block) * BLOCK_HASH_BYTES;
    return this.#blockHashes.toString('latin1', start, start + BLOCK_HASH_BYTES);
  }

  /** Null if the bytes are not whole: then nothing is remembered. */
  static decode(bytes: Buffer): TreeRecord | null {
    if (bytes.length < 16 + HASH_BYTES) return null;
    const [body, digest] = [bytes.subarray(0, -HASH_BYTES), bytes.subarray(-HASH_BYTES)];
    if (body.readUInt32LE(0) !== VERSION || !hash('sha256', body, 'buffer').equals(digest)) return null;
    const [count, jsonLength, blockLength] = [4, 8, 12].map((at) => body.readUInt32LE(at)) as [number, number, number];
    let at = 16;
    const next = (length: number): Buffer => body.subarray(at, (at += length));
    // Copied, since numbers must be aligned in their memory.
    const numbers = new Float64Array(new Uint8Array(next(count * COLUMNS * 8)).buffer);
    const types = next(count);
    const hashes = next(count * HASH_BYTES);
    const blockHashes = next(blockLength);
    const { paths, more } = JSON.parse(next(jsonLength).toString('utf8')) as Pick<Columns, 'paths' | 'more'>;
    return new TreeRecord({ paths, more, types, numbers, hashes, blockHashes });
  }
}

/** Of the bytes of a record; others are not read. */
const VERSION = 1;

interface Columns {
  readonly paths: readonly string[];
  readonly types: Uint8Array;
  readonly numbers: Float64Array;
  readonly hashes: Buffer;
  readonly more: Readonly<Record<number, More>>;
  readonly blockHashes: Buffer;
}

/** Paths whose columns are made in one go. */
const CHUNK_PATHS = 1024;

/** Gathers what a full snapshot captures. */
export class TreeRecorder {
  readonly #paths: string[] = [];
  /** Hex: strings that the file list has already. */
  readonly #hashes: string[] = [];
  /** Each for so many paths. */
  readonly #types: Uint8Array[] = [];
  readonly #numbers: Float64Array[] = [];
  /** Of the first paths, what {@link TreeRecorder.ahead} has made: their hashes, and their names as they stand in JSON. */
  readonly #hashBytes: Buffer[] = [];
  readonly #names: string[] = [];
  readonly #more: Record<number, More> = {};
  readonly #blockHashes: Buffer[] = [];
  #blocks = 0;

  /**
   * @param sha256 of a file's content, hex; null for anything else
   * @param blocks of a large file, the hashes of its blocks one after the other
   */
  add(
    path: string,
    { type, mode, uid, gid, size, stamp, sha256, more }: Omit<Remembered, 'sha256'> & { sha256: string | null },
    blocks?: { readonly size: number; readonly hashes: Buffer },
  ): void {
    const index = this.#paths.push(path) - 1;
    this.#hashes.push(sha256 ?? NO_HASH);
    const at = index % CHUNK_PATHS;
    if (at === 0) {
      this.#types.push(new Uint8Array(CHUNK_PATHS));
      this.#numbers.push(new Float64Array(CHUNK_PATHS * COLUMNS));
    }
    this.#types.at(-1)?.fill(TYPES.indexOf(type), at, at + 1);
    this.#numbers
      .at(-1)
      ?.set([mode, uid, gid, size, stamp.size, stamp.mtimeMs, stamp.ctimeMs, stamp.ino], at * COLUMNS);
    let known = more;
    if (blocks !== undefined) {
      const count = blocks.hashes.length / BLOCK_HASH_BYTES;
      known = { ...more, blocks: { size: blocks.size, first: this.#blocks, count } };
      this.#blockHashes.push(blocks.hashes);
      this.#blocks += count;
    }
    if (Object.keys(known).length > 0) this.#more[index] = known;
  }

  /** Makes what is left to make of some more paths, for when there is nothing better to do: at the end others would wait for it. */
  ahead(): void {
    const start = this.#names.length * CHUNK_PATHS;
    const end = Math.min(start + CHUNK_PATHS, this.#paths.length);
    // Those of a chunk that is not full yet will be made with the rest of it.
    if (end - start === CHUNK_PATHS) this.#make(start, end);
  }

  /** The bytes of the record, in parts: together they would be held once more. */
  finish(): Buffer[] {
    const count = this.#paths.length;
    for (let start = this.#names.length * CHUNK_PATHS; start < count; start += CHUNK_PATHS) {
      this.#make(start, start + CHUNK_PATHS);
    }
    const json = Buffer.from(`{"paths":[${this.#names.join(',')}],"more":${JSON.stringify(this.#more)}}`);
    const blockHashes = Buffer.concat(this.#blockHashes);
    for (const hashes of this.#blockHashes.splice(0)) letGo(hashes);
    const lengths = Buffer.alloc(16);
    lengths.writeUInt32LE(VERSION, 0);
    lengths.writeUInt32LE(count, 4);
    lengths.writeUInt32LE(json.length, 8);
    lengths.writeUInt32LE(blockHashes.length, 12);
    const numbers = this.#numbers.map(({ buffer }) => Buffer.from(buffer));
    const columns = [Buffer.concat(numbers, count * COLUMNS * 8), Buffer.concat(this.#types, count)];
    const body = [lengths, ...columns, Buffer.concat(this.#hashBytes), blockHashes, json];
    const digest = createHash('sha256');
    for (const part of body) digest.update(part);
    return [...body, digest.digest()];
  }

  #make(start: number, end: number): void {
    this.#hashBytes.push(Buffer.from(this.#hashes.slice(start, end).join(''), 'hex'));
    this.#names.push(JSON.stringify(this.#paths.slice(start, end)).slice(1, -1));
  }
}

const NO_HASH = '00'.repeat(HASH_BYTES);
