import type { Entry, Listed } from './manifest.ts';

/**
 * What a differential snapshot restores to: the entries of its base, those that it lists in their places, and without those
 * that it says are gone. Files that are as in the base are made from there.
 *
 * @param base in ascending order of path, as is `listed`; so is what is returned.
 */
export function overlay(base: readonly Entry[], listed: readonly Listed[]): Entry[] {
  const merged: Entry[] = [];
  let next = 0;
  const add = (entry: Listed): void => {
    if (entry.type !== 'removed') merged.push(entry);
  };
  for (const entry of base) {
    for (let other = listed[next]; other !== undefined && other.path < entry.path; other = listed[next]) {
      add(other);
      next++;
    }
    const replacement = listed[next];
    if (replacement?.path === entry.path) {
      add(replacement);
      next++;
    } else merged.push(unchanged(entry));
  }
  for (const entry of listed.slice(next)) add(entry);
  return merged;
}

function unchanged(entry: Entry): Entry {
  if (entry.type !== 'file') return entry;
  const { path, type, mode, uid, gid, mtime, size, sha256, sqlite } = entry;
  return { path, type, mode, uid, gid, mtime, size, sha256, ...(sqlite === undefined ? {} : { sqlite }), from: path };
}
