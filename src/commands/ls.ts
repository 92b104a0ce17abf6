import type { Entry } from '../core/archive/manifest.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Context } from './context.ts';
import { type ReadOptions, withSnapshot } from './reading.ts';

export interface LsOptions extends ReadOptions {
  readonly snapshot: string;
  readonly path?: string | undefined;
  readonly recursive?: boolean | undefined;
}

export interface LsResult {
  readonly entries: readonly EntryView[];
}

export interface EntryView {
  readonly path: string;
  readonly type: Entry['type'];
  /** Bytes; 0 unless a file. */
  readonly size: number;
  /** Permission bits, as a number. */
  readonly mode: number;
  /** ISO 8601. */
  readonly mtime: string;
  readonly sha256?: string;
  /** Target of a symlink. */
  readonly target?: string;
}

/** Lists a directory of a snapshot: what lies directly in it, or everything below; a file lists itself. */
export async function ls(options: LsOptions, context: Context): Promise<LsResult> {
  const path = normalPath(options.path ?? '');
  return withSnapshot(options.snapshot, { options, context }, async (snapshot) => {
    const all = path === '' ? await snapshot.entries() : await snapshot.entriesAt(path);
    if (all.length === 0) throw notInSnapshot(path);
    const itself = all.find((entry) => entry.path === path);
    if (itself !== undefined && itself.type !== 'directory') return { entries: [entryView(itself)] };
    const start = path === '' ? 0 : path.length + 1;
    const below = all.filter((entry) => entry.path !== path);
    const listed = options.recursive === true ? below : below.filter((entry) => !entry.path.includes('/', start));
    return { entries: listed.map(entryView) };
  });
}

/** A path as `ls` prints it; `/state/agents/` and `payload/state/agents` mean the same. */
export function normalPath(path: string): string {
  return path.replace(/^\/+|\/+$/g, '').replace(/^payload\//, '');
}

export function entryView(entry: Entry): EntryView {
  const { path, type, mode } = entry;
  const common = { path, type, mode, mtime: new Date(entry.mtime).toISOString() };
  if (entry.type === 'file') return { ...common, size: entry.size, sha256: entry.sha256 };
  return entry.type === 'symlink' ? { ...common, size: 0, target: entry.target } : { ...common, size: 0 };
}

export function notInSnapshot(path: string): ClawbackError {
  return new ClawbackError('NOT_FOUND', `the snapshot holds no ${path}`, { hint: 'clawback ls shows what it holds' });
}
