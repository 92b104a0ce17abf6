import type { Entry } from '../archive/manifest.ts';
import type { Snapshot } from '../archive/snapshot.ts';
import { asNoSpace } from '../unpack/new-file.ts';
import { unpackAll } from '../unpack/unpack-all.ts';
import type { UnpackThreads } from '../unpack/unpack-threads.ts';
import { type ExtractOptions, type Finish, writeFiles } from './extract.ts';
import { Maker } from './maker.ts';

export interface ExtractAllOptions extends ExtractOptions {
  readonly entries: readonly Entry[];
  /** First 16 hex digits of the digest, from the key. */
  readonly digest16: string;
  /** Told sealed bytes as they are read. */
  readonly onRead: (bytes: number) => void;
  readonly threads: UnpackThreads;
}

/**
 * Writes everything in a snapshot into fresh, private directories, but for what waits for `Finish`, and checks everything that can
 * be checked on the way.
 *
 * @throws ClawbackError `INTEGRITY`, `NO_SPACE`. What was written until then is the caller's to remove.
 */
export async function extractAll(snapshot: Snapshot, options: ExtractAllOptions): Promise<Finish> {
  const maker = new Maker(options);
  try {
    for (const entry of options.entries) {
      if (entry.type !== 'file') maker.add(entry);
      else if (!entry.path.includes('/')) maker.makeWay(entry);
    }
    await unpackAll(snapshot, {
      ...options,
      withBase: true,
      make: (file) => maker.file(file),
      take: (met) => writeFiles(met, maker),
    });
    maker.innerLinks();
  } catch (error) {
    throw asNoSpace(error);
  }
  return () => {
    maker.finish();
  };
}
