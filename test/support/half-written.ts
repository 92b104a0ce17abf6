import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Litter } from '../conformance/storage-contract.ts';
import { stock } from './stock.ts';
import { tree } from './temporary.ts';

interface Writer {
  /** Whom the server runs as, if there is one. */
  readonly user?: string;
  readonly mark?: '.' | '~';
}

/** What puts leave in a directory that are killed while they write. */
export function halfWritten(directory: string, { user, mark = '.' }: Writer = {}): Litter {
  const part = /^[.~]clawback-.*\.part$/;
  return {
    async drop(key) {
      await tree(join(directory, dirname(key)), { [`${mark}clawback-${crypto.randomUUID()}.part`]: 'half' });
      if (user !== undefined) await stock('chown', ['-R', user, directory]);
    },
    async count() {
      const names = await readdir(directory, { recursive: true });
      return names.filter((name) => part.test(name.slice(name.lastIndexOf('/') + 1))).length;
    },
  };
}
