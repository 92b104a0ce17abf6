import { ClawbackError } from '../../ports/errors.ts';
import { inflateFrames, inflateStream, splitFrames } from './decompress.ts';
import { MANIFEST_PATH, SIGNATURE_PATH } from './manifest.ts';
import type { OpenedSource } from './sealed.ts';
import { type Frame, readSeekTable } from './seek-table.ts';
import { collect } from './source.ts';
import { readTar } from './read-tar.ts';

/** The tar within an opened snapshot. Offsets and sizes are in bytes of the tar. */
export interface TarAccess {
  /** Bytes `start` to `end`, exclusive; less at the tar's end. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  /** The whole tar, once; `seen` is handed every sealed byte on the way. */
  readAll(seen: (sealed: Uint8Array) => void): AsyncIterable<Uint8Array>;
  /** Its frames as they are stored, for who inflates them elsewhere; null if nothing says where they are. */
  readonly frames: StoredFrames | null;
  /** The manifest's bytes and its signature's; the signature is null if there is none. */
  findManifest(): Promise<{ readonly manifest: Buffer; readonly signature: Buffer | null }>;
}

/** What a header begins with that names the manifest. */
const MANIFEST_NAME = `${MANIFEST_PATH}\0`;

/** The frames of a tar, not inflated. */
export interface StoredFrames {
  readonly table: readonly Frame[];
  /**
   * All of them, once; `seen` is handed every sealed byte on the way.
   *
   * @param room gives memory for the bytes of one frame
   */
  readAll(
    seen: (sealed: Uint8Array) => void,
    room: (bytes: number) => Uint8Array,
  ): AsyncIterable<{ readonly frame: Frame; readonly bytes: Uint8Array }>;
}

/** A manifest names pages, not files, so even a very large one is far below this: 64 MiB. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** Random access where there is a seek table; without one, as after repacking by stock tools, reading from the start. */
export async function tarAccess(plain: OpenedSource): Promise<TarAccess> {
  const frames = await readSeekTable(plain);
  return frames === null ? new StreamedTar(plain) : new FramedTar(plain, frames);
}

class FramedTar implements TarAccess {
  readonly frames: StoredFrames;
  readonly #plain: OpenedSource;
  readonly #frames: readonly Frame[];

  constructor(plain: OpenedSource, frames: readonly Frame[]) {
    this.#plain = plain;
    this.#frames = frames;
    this.frames = { table: frames, readAll: (seen, room) => splitFrames(plain.readAll(seen), frames, room) };
  }

  async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    const frames = this.#frames.filter((frame) => frame.tarStart < end && frame.tarStart + frame.tarLength > start);
    const [first] = frames;
    const last = frames.at(-1);
    if (first === undefined || last === undefined) return;
    yield* slice(inflateFrames(this.#plain.read(first.start, last.start + last.length), frames), {
      start: start - first.tarStart,
      end: end - first.tarStart,
    });
  }

  readAll(seen: (sealed: Uint8Array) => void): AsyncIterable<Uint8Array> {
    return inflateFrames(this.#plain.readAll(seen), this.#frames);
  }

  /** From the end: the manifest begins the last frame that begins with its header. If none does, another tool cut the frames. */
  async findManifest(): Promise<{ manifest: Buffer; signature: Buffer | null }> {
    const tarBytes = this.#frames.reduce((sum, { tarLength }) => sum + tarLength, 0);
    for (const frame of this.#frames.toReversed()) {
      if (tarBytes - frame.tarStart > MAX_MANIFEST_BYTES) break;
      const end = frame.tarStart + frame.tarLength;
      const begin = await collect(this.read(frame.tarStart, end), frame.tarLength);
      if (begin.toString('latin1', 0, MANIFEST_NAME.length) === MANIFEST_NAME) {
        return manifestIn(readTar(joined(begin, this.read(end, tarBytes))));
      }
    }
    return manifestIn(readTar(this.read(0, tarBytes)));
  }
}

class StreamedTar implements TarAccess {
  readonly frames = null;
  readonly #plain: OpenedSource;

  constructor(plain: OpenedSource) {
    this.#plain = plain;
  }

  read(start: number, end: number): AsyncIterable<Uint8Array> {
    return slice(inflateStream(this.#plain.read(0, null)), { start, end });
  }

  readAll(seen: (sealed: Uint8Array) => void): AsyncIterable<Uint8Array> {
    return inflateStream(this.#plain.readAll(seen));
  }

  findManifest(): Promise<{ manifest: Buffer; signature: Buffer | null }> {
    return manifestIn(readTar(inflateStream(this.#plain.read(0, null))));
  }
}

async function manifestIn(
  entries: ReturnType<typeof readTar>,
): Promise<{ manifest: Buffer; signature: Buffer | null }> {
  let manifest: Buffer | null = null;
  let signature: Buffer | null = null;
  for await (const entry of entries) {
    if (entry.path !== MANIFEST_PATH && entry.path !== SIGNATURE_PATH) continue;
    if (entry.size > MAX_MANIFEST_BYTES) throw noManifest();
    const content = await collect(entry.content, entry.size);
    if (entry.path === SIGNATURE_PATH) signature = content;
    else manifest = content;
  }
  if (manifest === null) throw noManifest();
  return { manifest, signature };
}

async function* slice(
  stream: AsyncIterable<Uint8Array>,
  range: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of stream) {
    const wanted = piece.subarray(Math.max(0, range.start - at), Math.max(0, range.end - at));
    at += piece.length;
    if (wanted.length > 0) yield wanted;
    if (at >= range.end) return;
  }
}

async function* joined(begin: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield begin;
  yield* rest;
}

function noManifest(): ClawbackError {
  return new ClawbackError('INTEGRITY', 'the snapshot holds no manifest', {
    hint: 'it was not made by clawback backup',
  });
}
