import type { Result } from '../results.ts';
import type { Setting } from '../setting.ts';
import { backup } from './backup.ts';
import { hour } from './hour.ts';
import { memory } from './memory.ts';
import { repeat } from './repeat.ts';
import { restore } from './restore.ts';
import { start } from './start.ts';

/**
 * What `npm run bench -- NAME` runs; all of them, in this order, without a name. What takes a tenth of a second comes first: after the
 * others the system is busy for a while, and Node alone takes half as long again.
 */
export const SECTIONS: Readonly<Record<string, (setting: Setting) => Promise<Result[]>>> = {
  start,
  backup,
  restore,
  repeat,
  hour,
  memory,
};
