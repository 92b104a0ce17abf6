import { createHash, hash } from 'node:crypto';
import { FileListWriter } from './file-list.ts';
import { type FrameMemory, FrameWriter, type TarFrame } from './frame-writer.ts';
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
import { encodeTarHeader, END_OF_TAR, padding, type TarHeader } from './tar.ts';

/** One captured path, with its content if it is a file. */
export type Captured = CapturedFile | Exclude<Entry, FileEntry>;

export type CapturedFile = Omit<FileEntry, 'sha256' | 'offset'> & {
  /** Exactly `size` bytes. A piece need not outlive the request for the next one. */
  readonly content: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
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
  /** Where frames get their memory; whoever has used one up gives it back. */
  readonly memory?: FrameMemory;
}

/**
 * A frame that holds more than one entry holds at most 1 MiB of tar: reading one small file never costs more than that,
 * while a large file still gets frames of 4 MiB, which compress better.
 */
const SHARED_FRAME_BYTES = 1024 * 1024;

/** Writes the tar of one snapshot, in frames. */
export async function* pack(packing: Packing): AsyncGenerator<TarFrame> {
  const frames = new FrameWriter(packing.memory);
  const tar = new TarWriter(frames);
  const list = new FileListWriter();
  const attachments: Attachment[] = [];

  const attach = (path: string, content: string): void => {
    const bytes = Buffer.from(content);
    tar.header({ ...OWN_FILE, path, size: bytes.length });
    attachments.push({ path, size: bytes.length, offset: tar.position, sha256: hash('sha256', bytes) });
    tar.content(bytes);
    tar.pad(bytes.length);
  };

  attach(README_PATH, README);
  for await (const entry of packing.captured) {
    const path = PAYLOAD + entry.path;
    if (entry.type !== 'file') {
      tar.header({ ...entry, path, size: 0 });
      list.add(entry);
      continue;
    }
    const { content, ...rest } = entry;
    tar.header({ ...rest, path });
    const offset = tar.position;
    let sha256: string;
    if (content instanceof Uint8Array) {
      sha256 = hash('sha256', content);
      tar.content(content);
    } else {
      const digest = createHash('sha256');
      for await (const piece of content) {
        digest.update(piece);
        tar.content(piece);
        yield* frames.whole();
      }
      sha256 = digest.digest('hex');
    }
    tar.pad(entry.size);
    list.add({ ...rest, offset, sha256 });
    for (const frame of frames.whole()) yield frame;
  }
  const { facts, environment } = await packing.facts();
  if (environment !== null) attach(ENVIRONMENT_PATH, environment);

  const { pages, ...totals } = list.finish();
  tar.cut();
  tar.header({ ...OWN_FILE, path: FILES_PATH, size: pages.reduce((sum, { bytes }) => sum + bytes.length, 0) });
  const files: FileList = { ...totals, offset: tar.position, pages: pages.map(({ page }) => page) };
  for (const { bytes } of pages) {
    tar.cut();
    tar.content(bytes);
    yield* frames.whole();
  }
  tar.pad(tar.position - files.offset);

  const manifest: Manifest = { ...facts, attachments, files };
  packing.onManifest(manifest);
  const manifestBytes = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const signature = Buffer.from(packing.sign(manifestBytes));
  // A reader finds the manifest from the end: the last frame that begins with its header.
  tar.cut();
  tar.header({ ...OWN_FILE, path: MANIFEST_PATH, size: manifestBytes.length }, { together: true });
  tar.content(manifestBytes);
  tar.pad(manifestBytes.length);
  tar.header({ ...OWN_FILE, path: SIGNATURE_PATH, size: signature.length }, { together: true });
  tar.content(signature);
  tar.pad(signature.length);
  tar.content(END_OF_TAR);
  tar.cut();
  yield* frames.whole();
}

const OWN_FILE = { type: 'file', mode: 0o600, uid: 0, gid: 0, mtime: 0 } as const;

/** Writes headers, contents and padding, and decides where frames end between entries. */
class TarWriter {
  readonly #frames: FrameWriter;

  constructor(frames: FrameWriter) {
    this.#frames = frames;
  }

  get position(): number {
    return this.#frames.position;
  }

  header(entry: TarHeader, { together = false } = {}): void {
    const header = encodeTarHeader(entry);
    const whole = header.length + entry.size + padding(entry.size).length;
    if (!together && this.#frames.filled + whole > SHARED_FRAME_BYTES) this.cut();
    this.content(header);
  }

  content(bytes: Uint8Array): void {
    this.#frames.write(bytes);
  }

  pad(size: number): void {
    this.content(padding(size));
  }

  cut(): void {
    this.#frames.cut();
  }
}
