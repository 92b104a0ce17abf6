import { createHash } from 'node:crypto';
import { CUT, type Piece } from './compress.ts';
import { FileListWriter } from './file-list.ts';
import {
  type Attachment,
  type Entry,
  ENVIRONMENT_PATH,
  type FileEntry,
  type FileList,
  FILES_PATH,
  type Manifest,
  MANIFEST_PATH,
  PAYLOAD,
  README_PATH,
  SIGNATURE_PATH,
} from './manifest.ts';
import { README } from './readme.ts';
import { FRAME_TAR_BYTES } from './seek-table.ts';
import { encodeTarHeader, END_OF_TAR, padding, type TarHeader } from './tar.ts';

/** One captured path, with its content if it is a file. */
export type Captured = CapturedFile | Exclude<Entry, FileEntry>;

export type CapturedFile = Omit<FileEntry, 'sha256' | 'offset'> & {
  /** Exactly `size` bytes. A piece need not outlive the request for the next one. */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
};

/** What the manifest says besides the file list: known once everything has been captured. */
export type Facts = Omit<Manifest, 'files' | 'attachments'>;

export interface Packing {
  readonly captured: AsyncIterable<Captured>;
  /** Asked for when `captured` has ended. */
  readonly facts: () => Promise<{ readonly facts: Facts; readonly environment: string | null }>;
  /** Signs the manifest's bytes and gives the content of `clawback/manifest.sig`. */
  readonly sign: (manifest: Buffer) => string;
  /** Told the manifest when it is final. */
  readonly onManifest: (manifest: Manifest) => void;
}

/**
 * A frame that holds more than one entry holds at most 1 MiB of tar: reading one small file never costs more than that,
 * while a large file still gets frames of 4 MiB, which compress better.
 */
const SHARED_FRAME_BYTES = 1024 * 1024;

/** Writes the tar of one snapshot, in pieces, and says where its frames are to end. */
export async function* pack(packing: Packing): AsyncGenerator<Piece> {
  const tar = new TarWriter();
  const list = new FileListWriter();
  const attachments: Attachment[] = [];

  const attach = function* (path: string, content: string): Generator<Piece> {
    const bytes = Buffer.from(content);
    yield* tar.header({ ...OWN_FILE, path, size: bytes.length });
    attachments.push({ path, size: bytes.length, offset: tar.position, sha256: sha256(bytes) });
    yield* tar.content(bytes);
    yield* tar.pad(bytes.length);
  };

  yield* attach(README_PATH, README);
  for await (const entry of packing.captured) {
    const path = PAYLOAD + entry.path;
    if (entry.type !== 'file') {
      yield* tar.header({ ...entry, path, size: 0 });
      list.add(entry);
      continue;
    }
    const { content, ...rest } = entry;
    yield* tar.header({ ...entry, path });
    const offset = tar.position;
    const hash = createHash('sha256');
    for await (const piece of content instanceof Uint8Array ? [content] : content) {
      hash.update(piece);
      yield* tar.content(piece);
    }
    yield* tar.pad(entry.size);
    list.add({ ...rest, offset, sha256: hash.digest('hex') });
  }
  const { facts, environment } = await packing.facts();
  if (environment !== null) yield* attach(ENVIRONMENT_PATH, environment);

  const { pages, ...totals } = list.finish();
  yield* tar.cut();
  yield* tar.header({ ...OWN_FILE, path: FILES_PATH, size: pages.reduce((sum, { bytes }) => sum + bytes.length, 0) });
  const files: FileList = { ...totals, offset: tar.position, pages: pages.map(({ page }) => page) };
  for (const { bytes } of pages) {
    yield* tar.cut();
    yield* tar.content(bytes);
  }
  yield* tar.pad(tar.position - files.offset);

  const manifest: Manifest = { ...facts, attachments, files };
  packing.onManifest(manifest);
  const manifestBytes = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const signature = Buffer.from(packing.sign(manifestBytes));
  // A reader finds the manifest from the end: the last frame that begins with its header.
  yield* tar.cut();
  yield* tar.header({ ...OWN_FILE, path: MANIFEST_PATH, size: manifestBytes.length }, { together: true });
  yield* tar.content(manifestBytes);
  yield* tar.pad(manifestBytes.length);
  yield* tar.header({ ...OWN_FILE, path: SIGNATURE_PATH, size: signature.length }, { together: true });
  yield* tar.content(signature);
  yield* tar.pad(signature.length);
  yield END_OF_TAR;
}

const OWN_FILE = { type: 'file', mode: 0o600, uid: 0, gid: 0, mtime: 0 } as const;

/** Counts where the tar is and what its current frame holds. */
class TarWriter {
  position = 0;
  #inFrame = 0;

  *header(entry: TarHeader, { together = false } = {}): Generator<Piece> {
    const header = encodeTarHeader(entry);
    const whole = header.length + entry.size + padding(entry.size).length;
    if (!together && this.#inFrame + whole > SHARED_FRAME_BYTES) yield* this.cut();
    yield* this.content(header);
  }

  *content(bytes: Uint8Array): Generator<Piece> {
    if (bytes.length === 0) return;
    this.position += bytes.length;
    this.#inFrame = (this.#inFrame + bytes.length) % FRAME_TAR_BYTES;
    yield bytes;
  }

  *pad(size: number): Generator<Piece> {
    yield* this.content(padding(size));
  }

  *cut(): Generator<Piece> {
    if (this.#inFrame > 0) yield CUT;
    this.#inFrame = 0;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
