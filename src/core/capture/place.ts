import { realpath } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Root } from '../archive/manifest.ts';

export interface Place {
  readonly root: Root;
  /** Path below the root; empty for the root itself. */
  readonly relative: string;
  /** Root name and relative path. */
  readonly path: string;
}

/** Where in which root a file lies, whatever links lead to it; null if it lies in none. */
export async function placeOf(source: string, roots: readonly Root[]): Promise<Place | null> {
  for (const root of roots) {
    const below = relative(
      await realpath(root.path).catch(() => root.path),
      await realpath(source).catch(() => source),
    );
    if (below === '') return { root, relative: '', path: root.name };
    if (!below.startsWith('..')) return { root, relative: below, path: `${root.name}/${below}` };
  }
  return null;
}
