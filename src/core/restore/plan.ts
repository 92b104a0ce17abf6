import { join } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import { type Manifest, type Root, totalsOf } from '../archive/manifest.ts';
import type { Move } from '../openclaw/moves.ts';
import { isWithin, realPath } from '../openclaw/paths.ts';
import { type Place, lookAt } from './place.ts';

/** Where OpenClaw looks for its config in the state directory. */
const CONFIG_NAME = 'openclaw.json';

/** Directory, below a new state directory, of what was captured from outside the old one. */
export const EXTERNAL = 'external';

/** Where the restored installation goes. */
export type Goal =
  /** To the paths that it was captured from; what is there is moved aside. */
  | { readonly inPlace: true }
  /** All of it below one directory, which becomes the state directory. */
  | { readonly inPlace: false; readonly target: string };

export interface PlannedRoot {
  readonly root: Root;
  /** Absolute path of the root when all is done. */
  readonly path: string;
}

export interface RestorePlan {
  readonly roots: readonly PlannedRoot[];
  /** What is published on its own: every root in place, only the state directory otherwise. */
  readonly places: readonly { readonly root: Root; readonly place: Place }[];
  /** Roots that do not return to where they were. */
  readonly moves: readonly Move[];
}

/**
 * Decides where every root goes.
 *
 * Under another path, what the configuration pointed to outside the state directory goes into `external/` within it, so that
 * one directory is the whole installation; paths in the configuration follow.
 *
 * @param paths of all entries: a root must not go where the state directory has something
 * @throws ClawbackError `TARGET` if a target is not empty; `NO_SPACE` if it does not fit.
 */
export async function planRestore(manifest: Manifest, goal: Goal, paths: ReadonlySet<string>): Promise<RestorePlan> {
  const roots = manifest.roots.map((root) => ({
    root,
    path: goal.inPlace ? root.path : pathBelow(goal.target, { root, manifest, paths }),
  }));
  const moves = roots
    .filter(({ root, path }) => root.path !== path)
    .map(({ root, path }) => ({ from: root.path, to: path }));
  const alone = roots.filter(({ root }) => goal.inPlace || root.kind === 'state');
  const places = await Promise.all(
    alone.map(async ({ root, path }) => ({ root, place: await lookAt(realPath(path)) })),
  );
  for (const { place } of places) {
    if (place.taken && !goal.inPlace) {
      throw new ClawbackError('TARGET', `${place.path} is not empty`, {
        hint: 'choose an empty or missing directory; to replace a live installation, use --in-place',
      });
    }
    const { bytes } = totalsOf(manifest);
    if (place.free < bytes) {
      throw new ClawbackError('NO_SPACE', `${place.path} has ${place.free} bytes free, and ${bytes} are needed`, {
        hint: 'free some space there, or restore elsewhere',
      });
    }
  }
  return { roots, places, moves };
}

function pathBelow(
  target: string,
  { root, manifest, paths }: { root: Root; manifest: Manifest; paths: ReadonlySet<string> },
): string {
  const { stateDir } = manifest.installation;
  if (root.kind === 'state') return target;
  // Where OpenClaw looks for its config when nobody says otherwise.
  if (root.kind === 'config' && !paths.has(`state/${CONFIG_NAME}`)) return join(target, CONFIG_NAME);
  return isWithin(root.path, stateDir)
    ? join(target, root.path.slice(stateDir.length))
    : join(target, EXTERNAL, root.name);
}
