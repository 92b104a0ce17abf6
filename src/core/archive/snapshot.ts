import { createHash } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import { type SignerKey } from '../keys/signing.ts';
import { checkEntries } from './entry.ts';
import { pagesBetween, parsePage } from './file-list.ts';
import { type Keyring } from './header.ts';
import { type Attachment, type Entry, type FileEntry, type Manifest } from './manifest.ts';
import { parseManifest } from './manifest-schema.ts';
import { OpenedSource } from './sealed.ts';
import { collect, type StoredSource } from './source.ts';
import { type TarAccess, tarAccess } from './tar-access.ts';
import { checkSignature, type Trust } from './trust.ts';

/** A page of the file list longer than this is none of ours; bytes. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/** An opened snapshot whose manifest has been checked. Reads only the bytes that a question needs. */
export class Snapshot {
  readonly manifest: Manifest;
  /** Null if it was opened although nobody trusted has signed it. */
  readonly signer: SignerKey | null;
  readonly tar: TarAccess;

  private constructor(tar: TarAccess, manifest: Manifest, signer: SignerKey | null) {
    this.tar = tar;
    this.manifest = manifest;
    this.signer = signer;
  }

  /**
   * @throws ClawbackError `NO_IDENTITY`, `UNTRUSTED`, or `INTEGRITY` if it is truncated, altered or none of ours.
   */
  static async open(sealed: StoredSource, keyring: Keyring, trust: Trust): Promise<Snapshot> {
    const tar = await tarAccess(await OpenedSource.open(sealed, keyring));
    const { manifest, signature } = await tar.findManifest();
    const signer = checkSignature(manifest, signature, trust);
    return new Snapshot(tar, parseManifest(manifest), signer);
  }

  /** Every entry, in the order of paths, after a check of the whole list. */
  async entries(): Promise<Entry[]> {
    const { files, roots } = this.manifest;
    const entries: Entry[] = [];
    for await (const page of this.#pages(files.pages)) entries.push(...page);
    if (entries.length !== files.entries) throw new ClawbackError('INTEGRITY', 'the file list is not complete');
    checkEntries(entries, roots);
    return entries;
  }

  /** The entry at `path` and those below it; only the pages that can hold them are read. */
  async entriesAt(path: string): Promise<Entry[]> {
    const found: Entry[] = [];
    const below = `${path}/`;
    for await (const page of this.#pages(pagesBetween(this.manifest.files.pages, path, `${path}0`))) {
      found.push(...page.filter((entry) => entry.path === path || entry.path.startsWith(below)));
    }
    return found;
  }

  /**
   * The content of a file, checked against its hash when its last byte has been read.
   *
   * @throws ClawbackError `INTEGRITY`
   */
  content(entry: Pick<FileEntry, 'path' | 'offset' | 'size' | 'sha256'>): AsyncIterable<Uint8Array> {
    return checked(this.tar.read(entry.offset, entry.offset + entry.size), entry);
  }

  /** The content of one of Clawback's own files, or null if the snapshot has none of that name. */
  async attachment(path: Attachment['path']): Promise<Buffer | null> {
    const attachment = this.manifest.attachments.find((candidate) => candidate.path === path);
    return attachment === undefined ? null : collect(this.content(attachment), attachment.size);
  }

  async *#pages(pages: Manifest['files']['pages']): AsyncGenerator<Entry[]> {
    const { offset } = this.manifest.files;
    for (const page of pages) {
      const start = offset + page.offset;
      yield parsePage(page, await collect(this.tar.read(start, start + page.length), MAX_PAGE_BYTES));
    }
  }
}

/** Passes a content through and fails at its end unless it has the size and hash that the manifest says. */
export async function* checked(
  content: AsyncIterable<Uint8Array>,
  expected: { readonly path: string; readonly size: number; readonly sha256: string },
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of content) {
    hash.update(piece);
    size += piece.length;
    yield piece;
  }
  const found = hash.digest('hex');
  if (size !== expected.size || found !== expected.sha256) {
    throw new ClawbackError(
      'INTEGRITY',
      `${expected.path} is not what was captured: expected ${expected.size} bytes ${expected.sha256}, found ${size} bytes ${found}`,
    );
  }
}
