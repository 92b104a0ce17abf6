import type { Stats } from 'node:fs';
import { chmod, chown, mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClawbackError, systemCode } from '../../ports/errors.ts';
import { inverse, isThere, type Move, type Swap } from './swap.ts';

/** What a fresh file system has in its top directory. */
const EMPTY_ENOUGH = new Set(['lost+found']);

const ASIDE = '.clawback-before-';

/** Where something restored goes: a path that may be free, an empty directory, taken, or the top of a mounted volume. */
export interface Place {
  /** Absolute. */
  readonly path: string;
  /** Existing directory to stage in, on the same file system. */
  readonly stageIn: string;
  /** A volume is mounted here: it cannot be renamed, only what is in it. */
  readonly mounted: boolean;
  /** Mode and owner of what is there; null if nothing is. */
  readonly attributes: Attributes | null;
  readonly taken: boolean;
  /** Bytes free to us there. */
  readonly free: number;
}

export type Attributes = Pick<Stats, 'mode' | 'uid' | 'gid'>;

/** Looks at a place, and makes the directories above it. */
export async function lookAt(path: string): Promise<Place> {
  const parent = dirname(path);
  try {
    await mkdir(parent, { recursive: true });
    const names = await namesIn(path);
    const attributes = await stat(path).catch(() => null);
    const mounted = names !== null && attributes?.dev !== (await stat(parent)).dev;
    const stageIn = mounted ? path : parent;
    const { bavail, bsize } = await statfs(stageIn);
    return {
      path,
      stageIn,
      mounted,
      attributes,
      taken: names === null ? await isThere(path) : names.length > 0,
      free: bavail * bsize,
    };
  } catch (error) {
    throw new ClawbackError('TARGET', `cannot restore to ${path}: ${systemCode(error) ?? String(error)}`, {
      cause: error,
      hint: 'choose a place that can be written to, or run as the user that may',
    });
  }
}

/** How something staged comes into its place. */
export interface Replacement extends Swap {
  readonly place: Place;
  /** Where what was there before is afterwards; null if nothing was. */
  readonly previous: string | null;
}

/**
 * Plans to put what was staged into its place. What is there is moved aside, never deleted.
 *
 * @param stamp names what is moved aside: `20261122T203437Z`
 */
export async function replacing(place: Place, staged: string, stamp: string): Promise<Replacement> {
  const { path, taken } = place;
  if (place.mounted) return replacingInVolume(place, staged, stamp);
  const previous = taken ? await freeName(`${path}.before-${stamp}`) : null;
  return {
    place,
    previous,
    asides: [],
    out: previous === null ? [] : [{ from: path, to: previous }],
    // Onto an empty directory a rename works as well as onto nothing.
    in: [{ from: staged, to: path }],
  };
}

/** As near to one step as a mount point allows: the new entries come in only when all old ones are out of the way. */
async function replacingInVolume(place: Place, staged: string, stamp: string): Promise<Replacement> {
  const { path } = place;
  const old = (await namesIn(path)) ?? [];
  const previous = old.length === 0 ? null : await freeName(join(path, ASIDE + stamp));
  const between = (names: readonly string[], from: string, to: string): Move[] =>
    names.map((name) => ({ from: join(from, name), to: join(to, name) }));
  return {
    place,
    previous,
    asides: previous === null ? [] : [previous],
    out: previous === null ? [] : between(old, path, previous),
    in: between(await readdir(staged), staged, path),
  };
}

/**
 * Plans to put back what a replacement moved aside.
 *
 * @param discarded name for what it put in its place; free, and on the same file system
 */
export function puttingBack({ place, ...done }: Replacement, discarded: string): Swap {
  const back = done.out.map(inverse);
  if (!place.mounted) return { asides: [], out: [{ from: place.path, to: discarded }], in: back };
  const out = done.in.map(({ to }) => ({ from: to, to: join(discarded, basename(to)) }));
  return { asides: [discarded], out, in: back };
}

/**
 * A mount point stays where it is, so it must be given the mode and owner of what it now holds: a fresh volume is root's, and
 * OpenClaw seldom is. What this user may not change stays.
 */
export async function dress({ path, mounted }: Place, attributes: Attributes | null): Promise<void> {
  if (!mounted || attributes === null) return;
  const { mode, uid, gid } = attributes;
  await chown(path, uid, gid).catch(ignoreDenied);
  await chmod(path, mode & 0o7777).catch(ignoreDenied);
}

function ignoreDenied(error: unknown): void {
  if (systemCode(error) !== 'EPERM') throw error;
}

/** Names in a directory, without what does not count; null if there is no directory. */
async function namesIn(path: string): Promise<string[] | null> {
  try {
    const names = await readdir(path);
    return names.filter((name) => !EMPTY_ENOUGH.has(name) && !name.startsWith('.clawback-'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

async function freeName(wanted: string): Promise<string> {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!(await isThere(name))) return name;
  }
}
