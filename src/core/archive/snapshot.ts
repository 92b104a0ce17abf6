import { createHash } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import type { SignerKey } from '../keys/signer-key.ts';
import { changedBytes, patched } from './blocks.ts';
import { checked } from './content-check.ts';
import { Cursor } from './cursor.ts';
import { checkEntries, parseEntry, parseListed } from './entry.ts';
import { pagesBetween, parsePage } from './file-list.ts';
import type { Keyring } from './header.ts';
import {
  type Attachment,
  type DerivedFile,
  type Entry,
  type FileEntry,
  type Listed,
  type Manifest,
  type Page,
  type StoredFile,
  totalsOf,
} from './manifest.ts';
import { parseManifest } from './manifest-schema.ts';
import { overlay } from './overlay.ts';
import { OpenedSource } from './sealed.ts';
import { collect, type StoredSource } from './source.ts';
import { type TarAccess, tarAccess } from './tar-access.ts';
import { checkSignature, type Trust } from './trust.ts';

/** A page of the file list longer than this is none of ours; bytes. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/**
 * An opened snapshot whose manifest has been checked. Reads only the bytes that a question needs. A differential one answers
 * as a full one would, once it has been put {@link Snapshot.on} its base.
 */
export class Snapshot {
  readonly manifest: Manifest;
  /** Null if it was opened although nobody trusted has signed it. */
  readonly signer: SignerKey | null;
  readonly tar: TarAccess;
  /** The full snapshot that a differential one goes with; null for a full one. */
  readonly base: Snapshot | null;
  /** SHA-256 of the manifest's bytes, hex. */
  readonly #manifestHash: string;

  private constructor(opened: Pick<Snapshot, 'manifest' | 'signer' | 'tar' | 'base'>, manifestHash: string) {
    this.manifest = opened.manifest;
    this.signer = opened.signer;
    this.tar = opened.tar;
    this.base = opened.base;
    this.#manifestHash = manifestHash;
  }

  /**
   * @throws ClawbackError `NO_IDENTITY`, `UNTRUSTED`, or `INTEGRITY` if it is truncated, altered or none of ours.
   */
  static async open(sealed: StoredSource, keyring: Keyring, trust: Trust): Promise<Snapshot> {
    const tar = await tarAccess(await OpenedSource.open(sealed, keyring));
    const { manifest, signature } = await tar.findManifest();
    const signer = checkSignature(manifest, signature, trust);
    const hash = createHash('sha256').update(manifest).digest('hex');
    return new Snapshot({ manifest: parseManifest(manifest), signer, tar, base: null }, hash);
  }

  /**
   * A differential snapshot together with its base.
   *
   * @throws ClawbackError `INTEGRITY` if it was not made against this one.
   */
  on(base: Snapshot): Snapshot {
    if (this.manifest.base?.manifest !== base.#manifestHash || base.manifest.kind !== 'full') {
      throw new ClawbackError(
        'INTEGRITY',
        `${this.manifest.base?.id ?? 'the base'} is not what the snapshot was made against`,
        {
          hint: 'it was replaced; use another copy of it',
        },
      );
    }
    const { manifest, signer, tar } = this;
    return new Snapshot({ manifest, signer, tar, base }, this.#manifestHash);
  }

  /** Every entry, in the order of paths, after a check of the whole list. */
  async entries(): Promise<Entry[]> {
    const { roots, files } = this.manifest;
    const listed = await this.listed();
    if (listed.length !== files.entries) throw new ClawbackError('INTEGRITY', 'the file list is not complete');
    const entries = overlay(this.#isFull ? [] : await this.needBase().entries(), listed);
    checkEntries(entries, roots);
    if (entries.length !== totalsOf(this.manifest).entries) {
      throw new ClawbackError('INTEGRITY', 'the file list does not fit that of the base');
    }
    return entries;
  }

  /** The entry at `path` and those below it; only the pages that can hold them are read. */
  async entriesAt(path: string): Promise<Entry[]> {
    const found: Listed[] = [];
    const below = `${path}/`;
    for await (const page of this.#pages(pagesBetween(this.manifest.files.pages, path, `${path}0`))) {
      found.push(...page.filter((entry) => entry.path === path || entry.path.startsWith(below)));
    }
    return overlay(this.#isFull ? [] : await this.needBase().entriesAt(path), found);
  }

  /** Those of these paths that are files of its own list; each page that can hold one is read once. */
  async filesNamed(paths: readonly string[]): Promise<FileEntry[]> {
    const { pages } = this.manifest.files;
    const wanted = new Set(paths);
    const holding = new Set(paths.flatMap((path) => pagesBetween(pages, path, `${path}\0`)));
    const found: FileEntry[] = [];
    for await (const page of this.#pages([...holding])) {
      found.push(...page.filter((entry): entry is FileEntry => entry.type === 'file' && wanted.has(entry.path)));
    }
    return found;
  }

  /**
   * The base of a differential snapshot.
   *
   * @throws ClawbackError `NOT_FOUND` if it was opened without.
   */
  needBase(): Snapshot {
    if (this.base !== null) return this.base;
    const id = this.manifest.base?.id ?? 'none';
    throw new ClawbackError('NOT_FOUND', `the full snapshot ${id}, which this one was made against, is not there`, {
      hint: 'take a copy from a destination that has both, or another snapshot',
    });
  }

  get #isFull(): boolean {
    return this.manifest.kind === 'full';
  }

  /** The lines of its own list: all entries, or in a differential snapshot what is not as in its base. */
  async listed(): Promise<Listed[]> {
    const listed: Listed[] = [];
    for await (const page of this.#pages(this.manifest.files.pages)) listed.push(...page);
    return listed;
  }

  /**
   * The content of a file, checked against its hash when its last byte has been read.
   *
   * @throws ClawbackError `INTEGRITY`
   */
  content(entry: FileEntry): AsyncIterable<Uint8Array> {
    return 'offset' in entry ? this.#stored(entry) : this.derive(entry, this.#baseContent(entry));
  }

  /**
   * The content of a file that is made from one of the base, checked likewise.
   *
   * @param before content of the file of the base
   */
  derive(entry: DerivedFile, before: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const { blocks, size } = entry;
    if (blocks === undefined) return checked(before, entry);
    const changed = this.tar.read(blocks.offset, blocks.offset + changedBytes(blocks, size));
    return checked(patched(before, changed, { ...blocks, fileBytes: size }), entry);
  }

  /** The content of one of Clawback's own files, or null if the snapshot has none of that name. */
  async attachment(path: Attachment['path']): Promise<Buffer | null> {
    const attachment = this.manifest.attachments.find((candidate) => candidate.path === path);
    return attachment === undefined ? null : collect(this.#stored(attachment), attachment.size);
  }

  #stored(entry: Pick<StoredFile, 'path' | 'offset' | 'size' | 'sha256'>): AsyncIterable<Uint8Array> {
    return checked(this.tar.read(entry.offset, entry.offset + entry.size), entry);
  }

  async *#baseContent({ path, from }: DerivedFile): AsyncGenerator<Uint8Array> {
    const base = this.needBase();
    const [source] = await base.filesNamed([from]);
    if (source === undefined) {
      throw new ClawbackError('INTEGRITY', `${path} is made from ${from}, which is no file of the base`);
    }
    yield* base.content(source);
  }

  async *#pages(pages: Manifest['files']['pages']): AsyncGenerator<Listed[]> {
    const { kind, files } = this.manifest;
    const parse = kind === 'full' ? parseEntry : parseListed;
    for (const run of runsOf(pages)) {
      const start = files.offset + (run[0]?.offset ?? 0);
      const length = run.reduce((sum, page) => sum + page.length, 0);
      await using cursor = new Cursor(this.tar.read(start, start + length));
      for (const page of run) {
        if (page.length > MAX_PAGE_BYTES) throw new ClawbackError('INTEGRITY', 'the file list is none of ours');
        const bytes = await cursor.take(page.length);
        if (bytes === null) throw new ClawbackError('INTEGRITY', 'the file list is not complete');
        yield parsePage<Listed>(page, bytes, parse);
      }
    }
  }
}

/** Pages that follow one another are read in one go: while one is parsed, the next are inflated. */
function runsOf(pages: readonly Page[]): Page[][] {
  const runs: Page[][] = [];
  let end = NaN;
  for (const page of pages) {
    if (page.offset === end) runs.at(-1)?.push(page);
    else runs.push([page]);
    end = page.offset + page.length;
  }
  return runs;
}
