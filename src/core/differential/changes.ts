import { createHash, hash } from 'node:crypto';
import type { RemovedEntry, Totals } from '../archive/manifest.ts';
import type { Captured, CapturedDerived, CapturedFile, CapturedSource, Pieces, Runs } from '../archive/pack.ts';
import { compareBlocks, readBlocks } from './changed-blocks.ts';
import { areSame, type Stamp } from '../stamp.ts';
import { DirectoriesAbove } from './directories-above.ts';
import type { BlockHashes, Remembered, TreeRecord } from './tree-record.ts';

/** What a differential snapshot holds of one path. */
export type Change = Captured | CapturedDerived | RemovedEntry;

/** How much of a file that others may write to meanwhile is kept in memory; of one that changed more, all is captured. 32 MiB. */
const KEEP_BYTES = 32 * 1024 * 1024;

/** Share of a file beyond which all of it is captured. */
const MOST_CHANGED = 0.5;

/**
 * Finds what is not as the base has it. A file whose stamp has not changed need not be read; of others the content decides. One
 * that the base has under another path is made from there, and of a large one that it has under the same path only the
 * blocks that have changed are held.
 */
export class Changes {
  readonly #base: TreeRecord;
  /** 1 for each path of the base that is still there. */
  readonly #seen: Uint8Array;
  readonly #totals = { entries: 0, files: 0, bytes: 0 };
  #contents: Contents | null = null;

  constructor(base: TreeRecord) {
    this.#base = base;
    this.#seen = new Uint8Array(base.paths.length);
  }

  /** How much there is in all, unchanged or not; complete once `since` has ended. */
  get totals(): Totals {
    return this.#totals;
  }

  /**
   * True if a file or database is what it was, by its stamps alone. The path then counts as still there.
   *
   * @param companions stamps of a database's companions, in the order in which they were remembered
   */
  readonly isUntouched = (path: string, stamp: Stamp, companions: () => readonly (Stamp | null)[]): boolean => {
    const index = this.#base.find(path);
    if (index === undefined) return false;
    const { type, stamp: before, more, size } = this.#base.at(index);
    if (type !== 'file' || !areSame(before, stamp)) return false;
    if (more.companions !== undefined) {
      const now = companions();
      if (!more.companions.every((companion, which) => areSame(companion, now[which] ?? null))) return false;
    }
    this.#seen[index] = 1;
    this.#count({ type, size });
    return true;
  };

  /** Of what is captured, that which the base has not as it is, with the directories above it; then the paths that are gone. */
  async *since(captured: Runs<Captured>): AsyncGenerator<Iterable<Change>> {
    const directories = new DirectoriesAbove();
    for await (const run of captured) {
      for (const entry of run) {
        const index = this.#base.find(entry.path);
        const before = index === undefined ? null : this.#base.at(index);
        if (index !== undefined) this.#seen[index] = 1;
        let change: Change | typeof AS_IT_WAS = entry;
        if (entry.type === 'file') change = await this.#file(entry, before?.type === 'file' ? before : null);
        else if (before !== null && isSameEntry(entry, before)) change = AS_IT_WAS;
        // One that was read again may have another size.
        this.#count(change === AS_IT_WAS ? entry : change);
        if (change !== AS_IT_WAS) yield [...directories.above(change.path), change];
        else if (entry.type === 'directory') yield directories.met(entry);
      }
    }
    for (const [index, path] of this.#base.paths.entries()) {
      if (this.#seen[index] === 0) yield [...directories.above(path), { type: 'removed', path }];
    }
  }

  async #file(entry: CapturedFile, before: Remembered | null): Promise<Change | typeof AS_IT_WAS> {
    const { content, source } = entry;
    if (content instanceof Uint8Array) return this.#known(entry, before, hash('sha256', content)) ?? entry;
    if (source === undefined) return entry;
    const blocks = before?.more.blocks;
    if (blocks !== undefined) return this.#changedBlocks({ ...entry, content, source }, before, blocks);
    // Worth to be read twice only where it may turn out to be one of the base.
    if (!this.#contentsOfBase().sizes.has(entry.size)) return entry;
    return this.#known(entry, before, await sha256Of(content)) ?? wholly(entry, source);
  }

  async #changedBlocks(
    entry: LargeFile,
    before: Remembered | null,
    blocks: BlockHashes,
  ): Promise<Change | typeof AS_IT_WAS> {
    const { content, source, ...described } = entry;
    const { sha256, size, runs, changedBytes, kept } = await compareBlocks(content, {
      blockBytes: blocks.size,
      hashOf: (block) => this.#base.blockHash(blocks, block),
      keep: source.copy === undefined ? KEEP_BYTES : 0,
    });
    const known = this.#known({ ...entry, size }, before, sha256);
    if (known !== null) return known;
    const changed = source.copy === undefined ? kept : readBlocks(source.copy, { size: blocks.size, runs });
    if (changed === null || changedBytes > size * MOST_CHANGED) return wholly(entry, source);
    const replaced = { size: blocks.size, runs, bytes: changedBytes, content: changed };
    return { ...described, size, sha256, from: entry.path, blocks: replaced };
  }

  /** What makes a file of one that the base has; null if the base has no such content. */
  #known(entry: CapturedFile, before: Remembered | null, sha256: string): CapturedDerived | typeof AS_IT_WAS | null {
    const { content: _content, source: _source, ...described } = entry;
    if (before?.sha256?.toString('hex') === sha256) {
      return isSameEntry(entry, before) ? AS_IT_WAS : { ...described, sha256, from: entry.path };
    }
    // Nothing is gained by making an empty file of another.
    const from = entry.size === 0 ? undefined : this.#contentsOfBase().paths.get(sha256);
    return from === undefined ? null : { ...described, sha256, from };
  }

  /** What files of the base hold, for finding one that was moved; made when the first is looked for. */
  #contentsOfBase(): Contents {
    if (this.#contents !== null) return this.#contents;
    const contents = { paths: new Map<string, string>(), sizes: new Set<number>() };
    for (const [index, path] of this.#base.paths.entries()) {
      const { sha256, size } = this.#base.at(index);
      if (sha256 === null || size === 0) continue;
      contents.paths.set(sha256.toString('hex'), path);
      contents.sizes.add(size);
    }
    this.#contents = contents;
    return contents;
  }

  #count({ type, size = 0 }: { readonly type: string; readonly size?: number }): void {
    if (type === 'removed') return;
    this.#totals.entries += 1;
    if (type !== 'file') return;
    this.#totals.files += 1;
    this.#totals.bytes += size;
  }
}

const AS_IT_WAS = 'as it was';

type LargeFile = CapturedFile & { readonly content: Pieces; readonly source: CapturedSource };

interface Contents {
  /** By SHA-256, hex. */
  readonly paths: Map<string, string>;
  readonly sizes: Set<number>;
}

/** All of a file whose content has been read already. */
function wholly(entry: CapturedFile, { again }: CapturedSource): CapturedFile {
  if (again === undefined) throw new Error(`${entry.path} cannot be read again`);
  const { size, content } = again();
  return { ...entry, size, content };
}

/** Whether a restore would make the same of it, its content aside. */
function isSameEntry(entry: Captured, before: Remembered): boolean {
  const { type, mode, uid, gid, mtime } = entry;
  return (
    type === before.type &&
    mode === before.mode &&
    uid === before.uid &&
    gid === before.gid &&
    mtime === Math.floor(before.stamp.mtimeMs) &&
    (entry.type !== 'symlink' || entry.target === before.more.target)
  );
}

async function sha256Of(content: Pieces): Promise<string> {
  const digest = createHash('sha256');
  for await (const piece of content) digest.update(piece);
  return digest.digest('hex');
}
