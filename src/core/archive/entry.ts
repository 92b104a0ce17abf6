import * as z from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import { leadsOut } from './link.ts';
import { type Entry, type Root } from './manifest.ts';

const base = {
  path: z.string(),
  mode: z.int().min(0).max(0o7777),
  uid: z.int().min(0),
  gid: z.int().min(0),
  mtime: z.number(),
};

const entrySchema = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('file'),
    size: z.int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    offset: z.int().min(0),
    sqlite: z.object({ userVersion: z.int(), integrity: z.enum(['ok', 'damaged']) }).exactOptional(),
  }),
  z.object({ ...base, type: z.literal('directory') }),
  z.object({ ...base, type: z.literal('symlink'), target: z.string().min(1), outside: z.boolean() }),
]);

/**
 * Reads one line of the file list.
 *
 * @throws ClawbackError `INTEGRITY` if it is not an entry, or its path could lead out of the directory it is extracted to.
 */
export function parseEntry(line: string): Entry {
  let entry: Entry;
  try {
    entry = entrySchema.parse(JSON.parse(line));
  } catch (error) {
    throw new ClawbackError('INTEGRITY', 'the file list holds something that is no entry', { cause: error });
  }
  if (!isPlainPath(entry.path)) throw unsafe(entry.path, 'its path leads out of the snapshot');
  if (entry.type === 'symlink' && !entry.outside && leadsOut(entry.path, entry.target)) {
    throw unsafe(entry.path, `it links to ${entry.target}, out of its root`);
  }
  return entry;
}

/**
 * Checks what only the whole list shows.
 *
 * @throws ClawbackError `INTEGRITY` if a path is listed twice, lies in no root, or lies below something that is not a
 *   directory (a link there would carry it elsewhere).
 */
export function checkEntries(entries: readonly Entry[], roots: readonly Root[]): void {
  const types = new Map<string, Entry['type']>();
  for (const { path, type } of entries) {
    if (types.has(path)) throw unsafe(path, 'it is listed twice');
    types.set(path, type);
  }
  const rootTypes = new Map(roots.map(({ name, type }) => [name, type]));
  for (const { path, type } of entries) {
    const slash = path.lastIndexOf('/');
    if (slash < 0) {
      if (rootTypes.get(path) !== type) throw unsafe(path, 'it is no root of this snapshot');
    } else if (types.get(path.slice(0, slash)) !== 'directory') {
      throw unsafe(path, 'what it lies in is not a directory');
    }
  }
}

function isPlainPath(path: string): boolean {
  return (
    path !== '' && !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function unsafe(path: string, why: string): ClawbackError {
  return new ClawbackError('INTEGRITY', `refused to extract ${JSON.stringify(path)}: ${why}`, {
    hint: 'this snapshot was not made by clawback backup; do not trust it',
  });
}
