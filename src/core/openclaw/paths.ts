import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Absolute path of what a person or a config wrote: `~` is the home, anything else that is relative is against `base`. */
export function expandPath(written: string, home: string, base = '.'): string {
  const text = written.trim();
  if (text === '~') return home;
  return text.startsWith('~/') ? join(home, text.slice(2)) : resolve(base, text);
}

/** True if `path` is `directory` or below it, by names alone: `/a/.openclaw-dev` is not within `/a/.openclaw`. */
export function isWithin(path: string, directory: string): boolean {
  const between = relative(directory, path);
  return between === '' || (between !== '..' && !between.startsWith(`..${sep}`) && !isAbsolute(between));
}

/** The path with every link in it followed; the path itself where nothing is there (or it may not be looked at). */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
