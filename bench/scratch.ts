import { existsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';

const MEMORY = '/dev/shm';

/** The largest state, what is stored of it, and what is restored of that. */
const ROOM_BYTES = 14 * 1024 ** 3;

/**
 * Where stores are made, and restored to: `$TMPDIR`; without one in memory, if there is room. A disk has a rhythm of its own that
 * hides the programs: ext4 makes files slowly for a while after as many were deleted, and whoever comes next pays for it.
 */
export function scratch(): string {
  if (process.env['TMPDIR'] !== undefined || !existsSync(MEMORY) || freemem() < ROOM_BYTES) return tmpdir();
  return MEMORY;
}
