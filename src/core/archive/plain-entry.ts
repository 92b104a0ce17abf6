import type { Entry } from './manifest.ts';

const SHA256 = /^[0-9a-f]{64}$/;
const MAX_MODE = 0o7777;

/** Keys of an entry of each type that has no others. */
const KEYS = { file: 9, directory: 6, symlink: 8 } as const;

/**
 * Whether a parsed line is a plain entry of a full snapshot: just the keys of its type, and each of its kind. That is all but every line;
 * the schema takes ten times as long to say so, and is asked about the others.
 */
export function isPlainEntry(value: unknown): value is Entry {
  if (!isRecord(value)) return false;
  const { type } = value;
  if (type !== 'file' && type !== 'directory' && type !== 'symlink') return false;
  let keys = 0;
  for (const _ in value) keys++;
  if (keys !== KEYS[type] || !hasBase(value)) return false;
  if (type === 'directory') return true;
  if (type === 'symlink') {
    return typeof value['target'] === 'string' && value['target'] !== '' && typeof value['outside'] === 'boolean';
  }
  const { sha256 } = value;
  return isCount(value['size']) && isCount(value['offset']) && typeof sha256 === 'string' && SHA256.test(sha256);
}

function hasBase({ path, mode, uid, gid, mtime }: Record<string, unknown>): boolean {
  return (
    typeof path === 'string' &&
    isCount(mode) &&
    mode <= MAX_MODE &&
    isCount(uid) &&
    isCount(gid) &&
    Number.isFinite(mtime)
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
