import type { Result } from '../results.ts';
import type { Setting } from '../setting.ts';
import { backup } from './backup.ts';
import { hour } from './hour.ts';
import { memory } from './memory.ts';
import { repeat } from './repeat.ts';
import { restore } from './restore.ts';
import { start } from './start.ts';

/** What `npm run bench -- NAME` runs; all of them, in this order, without a name. */
export const SECTIONS: Readonly<Record<string, (setting: Setting) => Promise<Result[]>>> = {
  backup,
  restore,
  repeat,
  hour,
  memory,
  start,
};
