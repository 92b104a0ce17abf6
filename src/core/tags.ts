import { ClawbackError, hasCode } from '../ports/errors.ts';
import type { Storage } from '../ports/storage.ts';

/**
 * A snapshot's key is fixed and its content sealed, so neither can carry a tag that a host without an identity can read. A tag
 * is a small object beside the snapshot, `<instance>/tags/<snapshot id>.<tag>`: its name says all, in clear.
 */
export interface Tag {
  readonly key: string;
  readonly snapshot: string;
  readonly tag: string;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const KEY = /^[^/]+\/tags\/(\d{8}T\d{6}Z-[0-9a-f]{16})\.([a-z0-9][a-z0-9_-]{0,31})$/;

/**
 * @throws ClawbackError `CONFIG` for what could not be the end of a key on every storage.
 */
export function parseTag(text: string): string {
  if (NAME.test(text)) return text;
  throw new ClawbackError('CONFIG', `not a tag: "${text}"`, {
    hint: 'use lower case letters, digits, dashes and underscores, at most 32, a letter or digit first',
  });
}

export function tagKey(instance: string, snapshot: string, tag: string): string {
  return `${instance}/tags/${snapshot}.${tag}`;
}

/** The tag that a key is, or null if it is none. */
export function parseTagKey(key: string): Tag | null {
  const [, snapshot, tag] = KEY.exec(key) ?? [];
  return snapshot === undefined || tag === undefined ? null : { key, snapshot, tag };
}

/** Tags a snapshot in one storage. */
export async function putTags(
  storage: Storage,
  {
    instance,
    snapshot,
    tags,
  }: { readonly instance: string; readonly snapshot: string; readonly tags: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  for (const tag of tags) {
    try {
      await storage.put(tagKey(instance, snapshot, tag), new Blob([`${tag}\n`]), { signal });
    } catch (error) {
      if (!hasCode(error, 'EXISTS')) throw error;
    }
  }
}
