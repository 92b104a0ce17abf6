import { mkdir, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClawbackError, systemCode } from '../../ports/errors.ts';

/** What a fresh file system has in its top directory. */
const EMPTY_ENOUGH = new Set(['lost+found']);

const ASIDE = '.clawback-before-';
const DISCARDED = '.clawback-discarded-';

/** Where something restored goes: a path that may be free, an empty directory, taken, or the top of a mounted volume. */
export interface Place {
  /** Absolute. */
  readonly path: string;
  /** Existing directory to stage in, on the same file system. */
  readonly stageIn: string;
  /** A volume is mounted here: it cannot be renamed, only what is in it. */
  readonly mounted: boolean;
  readonly taken: boolean;
  /** Bytes free to us there. */
  readonly free: number;
}

/** Something that now stands in its place. */
export interface Published {
  /** Where what was there before is now; null if nothing was. */
  readonly previous: string | null;
  /** Puts back what was there before and removes what was put in its place; once. */
  undo(): Promise<void>;
}

/** Looks at a place, and makes the directories above it. */
export async function lookAt(path: string): Promise<Place> {
  const parent = dirname(path);
  try {
    await mkdir(parent, { recursive: true });
    const names = await namesIn(path);
    const mounted = names !== null && (await stat(path)).dev !== (await stat(parent)).dev;
    const stageIn = mounted ? path : parent;
    const { bavail, bsize } = await statfs(stageIn);
    return {
      path,
      stageIn,
      mounted,
      taken: names === null ? await exists(path) : names.length > 0,
      free: bavail * bsize,
    };
  } catch (error) {
    throw new ClawbackError('TARGET', `cannot restore to ${path}: ${systemCode(error) ?? String(error)}`, {
      cause: error,
      hint: 'choose a place that can be written to, or run as the user that may',
    });
  }
}

/**
 * Puts what was staged into its place as the last step, by rename. What is there is moved aside, never deleted.
 *
 * @param stamp names what is moved aside: `20261122T203437Z`
 */
export async function publish(staged: string, place: Place, stamp: string): Promise<Published> {
  return place.mounted ? publishInVolume(staged, place.path, stamp) : publishByRename(staged, place, stamp);
}

async function publishByRename(staged: string, { path, taken }: Place, stamp: string): Promise<Published> {
  const previous = taken ? await freeName(`${path}.before-${stamp}`) : null;
  if (previous !== null) await rename(path, previous);
  try {
    // Onto an empty directory this works as well as onto nothing.
    await rename(staged, path);
  } catch (error) {
    if (previous !== null) await rename(previous, path);
    throw error;
  }
  return {
    previous,
    async undo() {
      const discarded = join(dirname(path), `${DISCARDED}${crypto.randomUUID()}`);
      await rename(path, discarded);
      if (previous !== null) await rename(previous, path);
      await rm(discarded, { recursive: true, force: true });
    },
  };
}

/** As near to one step as a mount point allows: the new entries come in only when all old ones are out of the way. */
async function publishInVolume(staged: string, path: string, stamp: string): Promise<Published> {
  const old = (await namesIn(path)) ?? [];
  const aside = await freeName(join(path, ASIDE + stamp));
  const fresh = await readdir(staged);
  const takenAway: Move[] = [];
  const broughtIn: Move[] = [];
  if (old.length > 0) await mkdir(aside, { mode: 0o700 });
  const putBack = async (): Promise<void> => {
    await moveAll(takenAway.splice(0).reverse().map(inverse));
    if (old.length > 0) await rmdir(aside);
  };
  try {
    await moveAll(
      old.map((name) => ({ from: join(path, name), to: join(aside, name) })),
      takenAway,
    );
    await moveAll(
      fresh.map((name) => ({ from: join(staged, name), to: join(path, name) })),
      broughtIn,
    );
  } catch (error) {
    await moveAll(broughtIn.reverse().map(inverse));
    await putBack();
    throw error;
  }
  return {
    previous: old.length > 0 ? aside : null,
    async undo() {
      const discarded = join(path, `${DISCARDED}${crypto.randomUUID()}`);
      await mkdir(discarded, { mode: 0o700 });
      await moveAll(broughtIn.map(({ to }) => ({ from: to, to: join(discarded, basename(to)) })));
      await putBack();
      await rm(discarded, { recursive: true, force: true });
    },
  };
}

interface Move {
  readonly from: string;
  readonly to: string;
}

/** Renames one after the other and notes each in `done`. */
async function moveAll(moves: readonly Move[], done: Move[] = []): Promise<void> {
  for (const move of moves) {
    await rename(move.from, move.to);
    done.push(move);
  }
}

function inverse({ from, to }: Move): Move {
  return { from: to, to: from };
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

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function freeName(wanted: string): Promise<string> {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!(await exists(name))) return name;
  }
}
