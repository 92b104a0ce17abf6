import { posix } from 'node:path';

/** True if a link at `path` to `target` leads to a place outside the first segment of `path`. */
export function leadsOut(path: string, target: string): boolean {
  if (posix.isAbsolute(target)) return true;
  const root = path.slice(0, path.indexOf('/') + 1);
  const resolved = posix.join(posix.dirname(path), target);
  return !`${resolved}/`.startsWith(root) || root === '';
}
