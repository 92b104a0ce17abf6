import { on } from 'node:events';
import type { TarFrame } from '../archive/frame-writer.ts';
import type { Manifest } from '../archive/manifest.ts';
import { startThread } from '../thread.ts';
import { fromThread, type ThreadError } from '../thread-error.ts';
import { Disturbed } from './disturbed.ts';
import type { TarJob, TarWriting } from './tar-job.ts';

export type ToTarWorker = { readonly job: TarJob } | { readonly done: TarFrame };

export type FromTarWorker =
  /** A frame of tar, and the bytes of captured files that have been read since the last one. */
  | { readonly frame: TarFrame; readonly read: number }
  | { readonly manifest: Manifest; readonly sha256: string }
  | { readonly end: true }
  /** Path of a database. */
  | { readonly disturbed: string }
  | { readonly error: ThreadError };

/**
 * A thread that reads an installation and writes its tar, while this one compresses, seals and shows progress. Reading tens of
 * thousands of small files is a matter of system calls that are quickest when they are simply made, one after the other;
 * and the many small objects that come of it are in the way of nobody's garbage collector here.
 *
 * It is worth to make one early: it loads its program while the installation is looked at. Disposing ends it at once, whatever it
 * is doing; what it leaves lies in the job's staging directory.
 */
export class TarThread implements AsyncDisposable {
  // A nursery of 4 MB, twice, and as much for what is large. With more, it would hold a hundred megabytes of garbage.
  readonly #worker = startThread('./tar-worker', import.meta, { maxYoungGenerationSizeMb: 12 });
  readonly #messages = on(this.#worker, 'message', { close: ['exit'] }) as NodeJS.AsyncIterator<[FromTarWorker]>;

  /**
   * Begins at once, and gives the frames of the tar, in order. Each must be given back by `done`, or the thread waits.
   *
   * @throws Disturbed as the job does
   */
  frames(job: TarJob, writing: Omit<TarWriting, 'memory'>): AsyncGenerator<TarFrame> {
    if (!writing.signal.aborted) this.#send({ job });
    return this.#frames(writing);
  }

  async *#frames({ signal, onBytes, onManifest }: Omit<TarWriting, 'memory'>): AsyncGenerator<TarFrame> {
    signal.throwIfAborted();
    const stop = (): void => void this.#worker.terminate();
    signal.addEventListener('abort', stop);
    try {
      for await (const [message] of this.#messages) {
        if ('error' in message) throw fromThread(message.error);
        if ('disturbed' in message) throw new Disturbed(message.disturbed);
        if ('end' in message) return;
        if ('manifest' in message) onManifest(message.manifest, message.sha256);
        else {
          onBytes(message.read);
          yield message.frame;
        }
      }
      signal.throwIfAborted();
      throw new Error('the thread that captures has ended before its tar');
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  readonly done = (frame: TarFrame): void => {
    this.#send({ done: frame });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #send(message: ToTarWorker): void {
    this.#worker.postMessage(message);
  }
}
