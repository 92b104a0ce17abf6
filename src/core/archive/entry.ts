import * as z from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import { leadsOut } from './link.ts';
import type { Entry, Listed, Root } from './manifest.ts';
import { isPlainEntry } from './plain-entry.ts';

const base = {
  path: z.string(),
  mode: z.int().min(0).max(0o7777),
  uid: z.int().min(0),
  gid: z.int().min(0),
  mtime: z.number(),
};

const position = z.int().min(0);

const file = {
  ...base,
  type: z.literal('file'),
  size: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sqlite: z.object({ userVersion: z.int(), integrity: z.enum(['ok', 'damaged']) }).exactOptional(),
};
const storedFile = z.object({ ...file, offset: position });
const directory = z.object({ ...base, type: z.literal('directory') });
const symlink = z.object({ ...base, type: z.literal('symlink'), target: z.string().min(1), outside: z.boolean() });

const blocks = z
  .object({
    size: z.int().min(512),
    offset: position,
    runs: z.array(z.tuple([position, z.int().min(1)])).min(1),
  })
  .refine(({ runs }) => runs.every(([start], index) => index === 0 || start > endOf(runs[index - 1])));
const derivedFile = z
  .object({ ...file, from: z.string(), blocks: blocks.exactOptional() })
  .refine(({ size, blocks: changed }) => endOf(changed?.runs.at(-1)) <= Math.ceil(size / (changed?.size ?? 1)));

/** Of a full snapshot. */
const entrySchema = z.discriminatedUnion('type', [storedFile, directory, symlink]);

/** Of a differential one. */
const listedSchema = z.union([
  storedFile,
  derivedFile,
  directory,
  symlink,
  z.object({ type: z.literal('removed'), path: z.string() }),
]);

function endOf(run: readonly [start: number, count: number] | undefined): number {
  return run === undefined ? 0 : run[0] + run[1];
}

/**
 * Reads one line of the file list of a full snapshot.
 *
 * @throws ClawbackError `INTEGRITY` if it is not an entry, or its path could lead out of the directory it is extracted to.
 */
export function parseEntry(line: string): Entry {
  return safe(parsed(line, entrySchema));
}

/**
 * The same for a differential snapshot.
 *
 * @throws ClawbackError `INTEGRITY`
 */
export function parseListed(line: string): Listed {
  return safe(parsed(line, listedSchema));
}

function parsed<T>(line: string, schema: z.ZodType<T>): T | Entry {
  try {
    const value: unknown = JSON.parse(line);
    return isPlainEntry(value) ? value : schema.parse(value);
  } catch (error) {
    throw new ClawbackError('INTEGRITY', 'the file list holds something that is no entry', { cause: error });
  }
}

function safe<E extends Listed>(entry: E): E {
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
  // Where the one before lies, with its slash: that of most.
  let known = '/';
  for (const { path, type } of entries) {
    const slash = path.lastIndexOf('/');
    if (slash < 0) {
      if (rootTypes.get(path) !== type) throw unsafe(path, 'it is no root of this snapshot');
    } else if (slash + 1 !== known.length || !path.startsWith(known)) {
      if (types.get(path.slice(0, slash)) !== 'directory') throw unsafe(path, 'what it lies in is not a directory');
      known = path.slice(0, slash + 1);
    }
  }
}

/** A part that is empty, `.` or `..`; or a zero byte. */
const NOT_PLAIN = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;

function isPlainPath(path: string): boolean {
  return !NOT_PLAIN.test(path);
}

function unsafe(path: string, why: string): ClawbackError {
  return new ClawbackError('INTEGRITY', `refused to extract ${JSON.stringify(path)}: ${why}`, {
    hint: 'this snapshot was not made by clawback backup; do not trust it',
  });
}
