import type { FileEntry } from '../archive/manifest.ts';
import type { Met } from '../archive/met.ts';
import { asNoSpace, NewFile } from '../unpack/new-file.ts';
import { Maker, type MakerOptions } from './maker.ts';

export interface ExtractOptions extends MakerOptions {
  readonly signal: AbortSignal;
}

/** Does what had to wait until work on the copy was done. */
export type Finish = () => void;

/**
 * Writes entries into fresh, private directories that nobody else knows, but for what would let later work reach out of the
 * copy, or keep it out: that waits for `Finish`.
 *
 * @throws ClawbackError `NO_SPACE`, or what reading the content throws. What was written until then is the caller's to remove.
 */
export async function extract(met: AsyncIterable<Met>, options: ExtractOptions): Promise<Finish> {
  const maker = new Maker(options);
  try {
    await writeFiles(filesIn(met, maker, options.signal), maker);
    maker.innerLinks();
  } catch (error) {
    throw asNoSpace(error);
  }
  return () => {
    maker.finish();
  };
}

/** Writes files whose contents this thread reads. */
export async function writeFiles(met: AsyncIterable<Met<FileEntry>>, maker: Maker): Promise<void> {
  for await (const { entry, content } of met) {
    maker.makeWay(entry);
    const file = new NewFile(maker.file(entry));
    try {
      for await (const piece of content) file.write(piece);
    } catch (error) {
      file.close();
      throw error;
    }
    file.end();
  }
}

async function* filesIn(met: AsyncIterable<Met>, maker: Maker, signal: AbortSignal): AsyncGenerator<Met<FileEntry>> {
  for await (const { entry, content } of met) {
    signal.throwIfAborted();
    if (entry.type === 'file') yield { entry, content };
    else maker.add(entry);
  }
}
