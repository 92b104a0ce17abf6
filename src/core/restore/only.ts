import { join } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import { contentsOf } from '../archive/contents.ts';
import { checkEntries } from '../archive/entry.ts';
import type { Entry } from '../archive/manifest.ts';
import type { Met } from '../archive/met.ts';
import type { Snapshot } from '../archive/snapshot.ts';
import { staging } from '../staging.ts';
import { extract, type ExtractOptions } from './extract.ts';
import { lookAt, replacing } from './place.ts';
import { carryOut } from './swap.ts';

export interface OnlyRequest extends Pick<ExtractOptions, 'owners' | 'signal'> {
  /** Absolute path of a directory that is empty or missing; paths of the snapshot are kept below it. */
  readonly target: string;
  readonly workDir: string;
}

/**
 * Restores some paths of a snapshot and what is below them, as they were captured, reading only the bytes they need.
 *
 * @throws ClawbackError `NOT_FOUND` if a path is not in the snapshot, `TARGET` if the target is not empty.
 */
export async function restoreOnly(
  snapshot: Snapshot,
  paths: readonly string[],
  request: OnlyRequest,
): Promise<{ files: number; bytes: number }> {
  const { roots } = snapshot.manifest;
  const chosen = new Map<string, Entry>();
  for (const path of paths) {
    const found = await snapshot.entriesAt(path);
    if (found.length === 0)
      throw new ClawbackError('NOT_FOUND', `the snapshot holds no ${path}`, {
        hint: 'clawback ls shows what it holds',
      });
    for (const entry of found) chosen.set(entry.path, entry);
  }
  const entries = [...chosen.values()];
  checkEntries(await withParents(snapshot, entries), roots);
  const outside = entries.find((entry) => entry.type === 'symlink' && entry.outside);
  if (outside !== undefined && snapshot.signer === null) {
    throw new ClawbackError(
      'INTEGRITY',
      `refused to extract ${outside.path}: it links out of its root, and nobody trusted says so`,
    );
  }
  const place = await lookAt(request.target);
  if (place.taken)
    throw new ClawbackError('TARGET', `${request.target} is not empty`, {
      hint: 'choose an empty or missing directory',
    });

  await using stage = await staging(request.workDir, place.stageIn);
  const staged = join(stage.path, 'restored');
  const places = new Map(roots.map(({ name }) => [name, join(staged, name)]));
  const finish = await extract(contents(snapshot, entries), { ...request, places });
  finish();
  await carryOut(await replacing(place, staged, 'unused'), stage.path);
  const files = entries.filter((entry) => entry.type === 'file');
  return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

/** The directories that the entries lie in, up to their roots, so that the whole list's rules can be checked. */
async function withParents(snapshot: Snapshot, entries: readonly Entry[]): Promise<Entry[]> {
  const all = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    const parts = path.split('/');
    for (let length = parts.length - 1; length > 0; length--) {
      const parent = parts.slice(0, length).join('/');
      if (all.has(parent)) break;
      const found = (await snapshot.entriesAt(parent)).find((entry) => entry.path === parent);
      if (found !== undefined) all.set(parent, found);
    }
  }
  return [...all.values()];
}

async function* contents(snapshot: Snapshot, entries: readonly Entry[]): AsyncGenerator<Met> {
  for (const entry of entries) if (entry.type !== 'file') yield { entry, content: nothing() };
  yield* contentsOf(
    snapshot,
    entries.filter((entry) => entry.type === 'file'),
  );
}

// eslint-disable-next-line @typescript-eslint/require-await -- an AsyncIterable that holds nothing
async function* nothing(): AsyncGenerator<Uint8Array> {
  yield* [];
}
