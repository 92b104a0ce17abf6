import { createHash, hash } from 'node:crypto';
import type { Stamp } from '../stamp.ts';
import { APPLY_PATH, applyScript, blocksPath } from './apply-script.ts';
import { FileListWriter } from './file-list.ts';
import { FrameWriter, type TarFrame } from './frame-writer.ts';
import {
  type Attachment,
  CANARY_PATH,
  type ChangedBlocks,
  type DerivedFile,
  type DirectoryEntry,
  ENVIRONMENT_PATH,
  type FileList,
  FILES_PATH,
  type Listed,
  type Manifest,
  MANIFEST_PATH,
  type Page,
  PAYLOAD,
  README_PATH,
  type RemovedEntry,
  SIGNATURE_PATH,
  type StoredFile,
  type SymlinkEntry,
  type Totals,
} from './manifest.ts';
import { README } from './readme.ts';
import { encodeTarHeader, type TarFields } from './tar.ts';
import { END_OF_TAR, padding } from './tar-block.ts';

/** One captured path, with its content if it is a file. */
export type Captured = CapturedFile | DirectoryEntry | SymlinkEntry;

/** Exactly as many bytes as the size says. A piece need not outlive the request for the next one. */
export type Content = Uint8Array | Pieces;

export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What a file is known by without its content, and how to get at that once more. */
export interface CapturedSource {
  readonly stamp: Stamp;
  /** Of a database: its companions. */
  readonly companions?: readonly (Stamp | null)[];
  /** Size of the blocks in which it changes, in bytes. */
  readonly pageBytes?: number;
  /** Reads a large one again from its start. */
  readonly again?: (() => Pick<CapturedFile, 'size' | 'content'>) | undefined;
  /** Path of a copy that nobody writes to, until the next entry is asked for. */
  readonly copy?: string;
}

export type CapturedFile = Omit<StoredFile, 'sha256' | 'offset'> & {
  readonly content: Content;
  /** For those who compare it with what it was; absent if that would not tell. */
  readonly source?: CapturedSource;
};

/**
 * Entries in runs: within one, none has to be waited for. Small files, of which there are tens of thousands, are there when they are asked
 * for: promises would be one of the larger parts of what each costs.
 */
export type Runs<T> = AsyncIterable<Iterable<T>>;

/** A file of a differential snapshot, made from one of its base. */
export type CapturedDerived = Omit<DerivedFile, 'blocks'> & {
  /** The blocks that have changed, and their bytes one after the other. */
  readonly blocks?: Omit<ChangedBlocks, 'offset'> & { readonly bytes: number; readonly content: Content };
};

/** What the manifest says besides the file list: known once everything has been captured. */
export type Facts = Omit<Manifest, 'files' | 'attachments' | 'tree'>;

/** Where a content is in the tar, and its hash. */
type Place = Pick<StoredFile, 'offset' | 'sha256'>;

export interface Packing {
  /** Everything; of a differential snapshot, what is not as in its base. */
  readonly captured: Runs<Captured | CapturedDerived | RemovedEntry>;
  /** Told each entry of the list before the next is asked for. */
  readonly onEntry?: ((entry: Listed) => void) | undefined;
  /** Called for each frame of a large file, which takes longer to compress than to read: a moment for what can be done ahead. */
  readonly onSpareTime?: (() => void) | undefined;
  /** Asked for when `captured` has ended. */
  readonly facts: () => Promise<{ readonly facts: Facts; readonly environment: string | null }>;
  /** Clawback's own device, as the text of its file; absent or null if none is paired. */
  readonly canary?: string | null | undefined;
  /** Signs the manifest's bytes and gives the content of `clawback/manifest.sig`. */
  readonly sign: (manifest: Buffer) => string;
  /** How much a differential snapshot restores to; asked for when `captured` has ended. */
  readonly tree?: (() => Totals) | undefined;
  /** Told the manifest when it is final, and the SHA-256 of its bytes, hex. */
  readonly onManifest: (manifest: Manifest, sha256: string) => void;
  /** What the tar is written to; its own by default. */
  readonly frames?: FrameWriter | undefined;
}

/**
 * A frame that holds more than one entry holds at most 1 MiB of tar: reading one small file never costs more than that,
 * while a large file still gets frames of 4 MiB, which compress better.
 */
const SHARED_FRAME_BYTES = 1024 * 1024;

/** Writes the tar of one snapshot, in frames. */
export async function* pack(packing: Packing): AsyncGenerator<TarFrame> {
  const { frames = new FrameWriter() } = packing;
  const tar = new TarWriter(frames);
  const list = new FileListWriter();
  const attachments: Attachment[] = [];

  /** Paths of files of which some blocks are stored, and where those are. */
  const stored = new Map<string, string>();

  const put = (path: string, header: TarFields, bytes: Uint8Array): Place => {
    tar.header(path, header);
    const offset = tar.position;
    tar.content(bytes);
    tar.pad(bytes.length);
    return { offset, sha256: hash('sha256', bytes) };
  };
  const stream = async function* (path: string, header: TarFields, pieces: Pieces): AsyncGenerator<TarFrame, Place> {
    tar.header(path, header);
    const offset = tar.position;
    const digest = createHash('sha256');
    for await (const piece of pieces) {
      digest.update(piece);
      tar.content(piece);
      for (const frame of frames.whole()) {
        yield frame;
        list.ahead();
        packing.onSpareTime?.();
      }
    }
    tar.pad(header.size ?? 0);
    return { offset, sha256: digest.digest('hex') };
  };
  const attach = (path: string, content: string): void => {
    const bytes = Buffer.from(content);
    attachments.push({ path, size: bytes.length, ...put(path, { ...OWN_FILE, size: bytes.length }, bytes) });
  };
  const add = (entry: Listed): void => {
    list.add(entry);
    packing.onEntry?.(entry);
  };

  attach(README_PATH, README);
  for await (const run of packing.captured) {
    for (const entry of run) {
      const path = PAYLOAD + entry.path;
      if (entry.type === 'removed') add(entry);
      else if (entry.type !== 'file') {
        tar.header(path, entry);
        add(entry);
      } else if ('content' in entry) {
        const { content } = entry;
        const place = content instanceof Uint8Array ? put(path, entry, content) : yield* stream(path, entry, content);
        add(storedFile(entry, place));
      } else {
        const { blocks: changes, ...file } = entry;
        if (changes === undefined) {
          add(file);
          continue;
        }
        const { content, bytes, ...changed } = changes;
        const header = { ...OWN_FILE, size: bytes };
        const blocks = blocksPath(stored.size);
        const place =
          content instanceof Uint8Array ? put(blocks, header, content) : yield* stream(blocks, header, content);
        attachments.push({ path: blocks, size: bytes, ...place });
        stored.set(entry.path, blocks);
        add({ ...file, blocks: { ...changed, offset: place.offset } });
      }
      for (const frame of frames.whole()) yield frame;
    }
  }
  const { facts, environment } = await packing.facts();
  if (environment !== null) attach(ENVIRONMENT_PATH, environment);
  const { canary = null } = packing;
  if (canary !== null) attach(CANARY_PATH, canary);

  const { totals, length, listed, pages } = list.finish();
  if (facts.base !== undefined)
    attach(APPLY_PATH, applyScript({ base: facts.base.id, listed: listed(), blocks: stored }));
  tar.cut();
  tar.header(FILES_PATH, { ...OWN_FILE, size: length });
  const files = { ...totals, offset: tar.position, pages: [] as Page[] } satisfies FileList;
  for (const { page, bytes } of pages()) {
    files.pages.push(page);
    tar.cut();
    tar.content(bytes);
    yield* frames.whole();
  }
  tar.pad(length);

  const tree = packing.tree?.();
  const manifest: Manifest = { ...facts, attachments, files, ...(tree === undefined ? {} : { tree }) };
  const manifestBytes = Buffer.from(`${JSON.stringify(manifest)}\n`);
  packing.onManifest(manifest, hash('sha256', manifestBytes));
  const signature = Buffer.from(packing.sign(manifestBytes));
  // A reader finds the manifest from the end: the last frame that begins with its header.
  tar.cut();
  tar.header(MANIFEST_PATH, { ...OWN_FILE, size: manifestBytes.length }, { together: true });
  tar.content(manifestBytes);
  tar.pad(manifestBytes.length);
  tar.header(SIGNATURE_PATH, { ...OWN_FILE, size: signature.length }, { together: true });
  tar.content(signature);
  tar.pad(signature.length);
  tar.content(END_OF_TAR);
  tar.cut();
  yield* frames.whole();
}

/** What the list says of a file. Each made in the same way: there are tens of thousands. */
function storedFile(file: CapturedFile, { offset, sha256 }: Place): StoredFile {
  const { path, mode, uid, gid, mtime, size, sqlite } = file;
  const described = { mode, uid, gid, mtime, type: 'file', path, size, offset, sha256 } as const;
  return sqlite === undefined ? described : { ...described, sqlite };
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

  header(path: string, entry: TarFields, { together = false } = {}): void {
    const header = encodeTarHeader(path, entry);
    const { size = 0 } = entry;
    const whole = header.length + size + padding(size).length;
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
