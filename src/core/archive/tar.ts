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
