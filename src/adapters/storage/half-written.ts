/**
 * Half written objects, where the storage is a file system: until they are whole they have a name that no key has. One that
 * nobody can be writing any more was left by a put that was killed.
 */
const PART = /^[.~]clawback-[0-9a-f-]{36}\.part$/;

/** Milliseconds after which a put that has not moved is taken for killed. */
export const PART_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Marked by a dot, which hides it from people; or by a tilde where a server would hide it from us as well. */
export function newPartName(mark: '.' | '~' = '.'): string {
  return `${mark}clawback-${crypto.randomUUID()}.part`;
}

export function isPartName(name: string): boolean {
  return PART.test(name);
}

/** Whether what is in a directory (empty, or with a slash at its end) may be below a prefix: to be looked into. */
export function mayHold(directory: string, prefix: string): boolean {
  return directory.startsWith(prefix) || prefix.startsWith(directory);
}
