import { Header, Pax } from 'tar';
import { ClawbackError } from '../../ports/errors.ts';
import { Cursor } from './cursor.ts';
import { parsePax, type PaxValues } from './pax.ts';
import { encodeUstar } from './ustar.ts';

/** What one tar header says; the only types that Clawback writes and reads. */
export interface TarHeader {
  /** With `/`; a directory's has no trailing one. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** Bytes of content; 0 unless a file. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since 1970; whole seconds in the tar, the manifest has the rest. */
  readonly mtime: number;
  /** Target of a symlink. */
  readonly target?: string;
}

/** An entry of a tar that is being read; its content must be read, or is passed over, before the next one. */
export interface TarEntry extends TarHeader {
  /** Where the content starts, in bytes of the tar. */
  readonly offset: number;
  readonly content: AsyncIterable<Uint8Array>;
}

export const BLOCK_BYTES = 512;

/** Two blocks of zeros end a tar. */
export const END_OF_TAR = Buffer.alloc(2 * BLOCK_BYTES);

/** A pax record longer than this is no path that a file system of ours can hold; 1 MiB. */
const MAX_PAX_BYTES = 1024 * 1024;

const TYPES = { file: 'File', directory: 'Directory', symlink: 'SymbolicLink' } as const;

/** The header of one entry: a ustar block, after a pax header where the values do not fit in it. */
export function encodeTarHeader(entry: TarHeader): Buffer {
  const path = entry.type === 'directory' ? `${entry.path}/` : entry.path;
  return encodeUstar(path, entry) ?? encodeWithPax(path, entry);
}

function encodeWithPax(path: string, entry: TarHeader): Buffer {
  const fields = {
    path,
    type: TYPES[entry.type],
    size: entry.size,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    mtime: new Date(Math.floor(entry.mtime / 1000) * 1000),
    ...(entry.target === undefined ? {} : { linkpath: entry.target }),
  };
  const header = new Header(fields);
  const block = Buffer.alloc(BLOCK_BYTES);
  const needsPax = header.encode(block);
  return needsPax ? Buffer.concat([new Pax(fields).encode(), block]) : block;
}

/** Zeros that fill the last block of a content of this size. */
export function padding(size: number): Buffer {
  return END_OF_TAR.subarray(0, (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES);
}

/**
 * Reads a tar strictly, and to its end: everything after the end mark must be zeros.
 *
 * @throws ClawbackError `INTEGRITY` at anything that Clawback does not write: another type (hard link, device, sparse
 *   file), a wrong checksum, a missing end.
 */
export async function* readTar(tar: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  await using cursor = new Cursor(tar);
  let extended: PaxValues | undefined;
  for (;;) {
    const block = await cursor.take(BLOCK_BYTES);
    if (block === null) throw broken('it has no end mark');
    const header = new Header(block);
    if (header.nullBlock) break;
    if (!header.cksumValid) throw broken('a header has a wrong checksum');
    const size = extended?.size ?? header.size ?? 0;
    if (!Number.isSafeInteger(size) || size < 0) throw broken('a header has an impossible size');
    if (header.type === 'ExtendedHeader') {
      if (extended !== undefined || size > MAX_PAX_BYTES) throw broken('its pax headers make no sense');
      const body = await cursor.take(size + padding(size).length);
      if (body === null) throw broken('it ends within a header');
      extended = parsePax(body.subarray(0, size)) ?? undefined;
      if (extended === undefined) throw broken('its pax headers make no sense');
      continue;
    }
    const entry = describe({ header, extended, size });
    extended = undefined;
    const { position } = cursor;
    yield { ...entry, offset: position, content: cursor.stream(entry.size) };
    if (!(await cursor.skipTo(position + entry.size + padding(entry.size).length)))
      throw broken('it ends within an entry');
  }
  for await (const rest of cursor.rest()) {
    if (rest.some((byte) => byte !== 0)) throw broken('something follows its end mark');
  }
}

/** A pax header's values stand in for the block's; node-tar would put the block's path prefix before them as well. */
function describe({
  header,
  extended,
  size,
}: {
  header: Header;
  extended: PaxValues | undefined;
  size: number;
}): TarHeader {
  const path = (extended?.path ?? header.path ?? '').replace(/\/$/, '');
  const common = {
    path,
    mode: (header.mode ?? 0) & 0o7777,
    uid: extended?.uid ?? header.uid ?? 0,
    gid: extended?.gid ?? header.gid ?? 0,
    mtime: header.mtime?.getTime() ?? 0,
  };
  switch (header.type) {
    case 'File':
    case 'OldFile':
      return { ...common, type: 'file', size };
    case 'Directory':
      return { ...common, type: 'directory', size: 0 };
    case 'SymbolicLink':
      return { ...common, type: 'symlink', size: 0, target: extended?.linkpath ?? header.linkpath ?? '' };
    default:
      throw broken(`it holds a ${header.type} (${path}), which no snapshot has`);
  }
}

function broken(why: string): ClawbackError {
  return new ClawbackError('INTEGRITY', `the archive is not one of ours: ${why}`);
}
