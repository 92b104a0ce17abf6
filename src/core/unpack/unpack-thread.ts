import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type TarPlace } from '../archive/tar-parser.ts';
import { fromThread, type ThreadError } from '../thread-error.ts';
import { type TaskList } from './unpacker.ts';

export interface FrameToUnpack {
  /** The frame as zstd made it. */
  readonly bytes: Uint8Array;
  /** Size of its content. */
  readonly tarLength: number;
  /** Set if a stretch begins with it. */
  readonly begins: TaskList | null;
  /** Set if a stretch ends with it. */
  readonly ends: { readonly isLast: boolean } | null;
}

export type FromUnpackWorker =
  { readonly taken: Uint8Array; readonly others: readonly TarPlace[] } | { readonly error: ThreadError };

/** What a thread tells. */
export interface UnpackListener {
  /** A frame is done with, whose memory may be used again, and has held these entries that are no task. */
  taken(frame: Uint8Array, others: readonly TarPlace[]): void;
  failed(error: unknown): void;
}

/** Compressed bytes that may wait for a thread, so that it need not wait for them; 4 MiB, and at least one frame. */
const AHEAD_BYTES = 4 * 1024 * 1024;

/** A thread that inflates frames, checks and writes what they hold. Disposing ends it at once, whatever it is doing. */
export class UnpackThread implements AsyncDisposable {
  readonly #worker = new Worker(new URL(`./unpack-worker${extname(import.meta.filename)}`, import.meta.url));
  #frames = 0;
  #waiting = 0;

  constructor(listener: UnpackListener) {
    this.#worker.on('message', (message: FromUnpackWorker) => {
      if ('error' in message) listener.failed(fromThread(message.error));
      else {
        this.#frames -= 1;
        this.#waiting -= message.taken.length;
        listener.taken(message.taken, message.others);
      }
    });
    this.#worker.on('error', (error) => {
      listener.failed(error);
    });
    this.#worker.on('exit', () => {
      listener.failed(new Error('the thread that unpacks has ended before its work'));
    });
  }

  /** Compressed bytes that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  get hasRoom(): boolean {
    return this.#waiting < AHEAD_BYTES;
  }

  get isIdle(): boolean {
    return this.#frames === 0;
  }

  send(frame: FrameToUnpack): void {
    this.#frames += 1;
    this.#waiting += frame.bytes.length;
    this.#worker.postMessage(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
