// Of the package, only these: all of it takes longer to load than many a backup to be written.
import { Header } from 'tar/header';
import { Pax } from 'tar/pax';
import { BLOCK_BYTES } from './tar-block.ts';
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

/** The same without its path, which in a tar is another than elsewhere. */
export type TarFields = Omit<TarHeader, 'path' | 'size'> & Partial<Pick<TarHeader, 'size'>>;

const TYPES = { file: 'File', directory: 'Directory', symlink: 'SymbolicLink' } as const;

/**
 * The header of one entry: a ustar block, after a pax header where the values do not fit in it.
 *
 * @param path with `/`; a directory's has no trailing one
 * @returns bytes that are its own only until the next call
 */
export function encodeTarHeader(path: string, entry: TarFields): Buffer {
  const named = entry.type === 'directory' ? `${path}/` : path;
  return encodeUstar(named, entry) ?? encodeWithPax(named, entry);
}

function encodeWithPax(path: string, entry: TarFields): Buffer {
  const fields = {
    path,
    type: TYPES[entry.type],
    size: entry.size ?? 0,
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
