import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts a thread. It keeps the compiled form of its modules where this process does, which Node leaves to each thread: loading the
 * program is most of what a thread does in a small backup.
 *
 * @param program the module it runs, relative to the caller and without its ending: the sources' differs from the package's
 * @param caller the caller's `import.meta`
 */
export function startThread(program: string, caller: ImportMeta, resourceLimits: ResourceLimits = {}): Worker {
  // A thread that does most of the work had its nursery of a megabyte collected every few milliseconds.
  setFlagsFromString('--min-semi-space-size=4');
  const compiled = getCompileCacheDir();
  return new Worker(new URL(program + extname(caller.filename), caller.url), {
    resourceLimits,
    // Below the directory that it is told of, Node names one by its own version. No thread needs any other variable.
    ...(compiled === undefined ? {} : { env: { NODE_COMPILE_CACHE: dirname(compiled) } }),
  });
}
