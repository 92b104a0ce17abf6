import type { TarPlace } from '../archive/tar-parser.ts';
import { startThread } from '../thread.ts';
import { fromThread, type ThreadError } from '../thread-error.ts';
import type { TaskList } from './unpacker.ts';

export interface FrameToUnpack {
  /** In shared memory: the frame as zstd made it, or its content. */
  readonly bytes: Uint8Array;
  readonly isInflated: boolean;
  /** Size of its content. */
  readonly tarLength: number;
  /** Set if a stretch begins with it. */
  readonly begins: TaskList | null;
  /** Set if a stretch ends with it. */
  readonly ends: { readonly isLast: boolean } | null;
}

/** A frame that another thread will unpack. */
export interface FrameToInflate {
  readonly bytes: Uint8Array;
  /** In shared memory, of the size that its content has. */
  readonly into: Uint8Array;
}

export type ToUnpackWorker = FrameToUnpack | FrameToInflate;

export type FromUnpackWorker =
  /** The oldest frame is done with; entries in it that were no task. */
  { readonly others: readonly TarPlace[] } | { readonly error: ThreadError };

interface SentFrame {
  readonly bytes: number;
  readonly done: (others: readonly TarPlace[]) => void;
}

/** Bytes that may wait for a thread, so that it need not wait for them; 4 MiB, and at least one frame. */
const AHEAD_BYTES = 4 * 1024 * 1024;

/** A thread that inflates frames, checks and writes what they hold. Disposing ends it at once, whatever it is doing. */
export class UnpackThread implements AsyncDisposable {
  readonly #worker = startThread('./unpack-worker', import.meta);
  /** The oldest first. */
  readonly #sent: SentFrame[] = [];
  #waiting = 0;

  constructor(onFailure: (error: unknown) => void) {
    this.#worker.on('message', (message: FromUnpackWorker) => {
      if ('error' in message) {
        onFailure(fromThread(message.error));
        return;
      }
      const { bytes, done } = this.#sent.shift() ?? { bytes: 0, done: () => undefined };
      this.#waiting -= bytes;
      done(message.others);
    });
    this.#worker.on('error', onFailure);
    this.#worker.on('exit', () => {
      onFailure(new Error('the thread that unpacks has ended before its work'));
    });
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  get hasRoom(): boolean {
    return this.#waiting < AHEAD_BYTES;
  }

  get isIdle(): boolean {
    return this.#sent.length === 0;
  }

  /** @param done is told when the frame is done with, and what entries in it were no task */
  send(frame: ToUnpackWorker, done: SentFrame['done']): void {
    const bytes = frame.bytes.length;
    this.#sent.push({ bytes, done });
    this.#waiting += bytes;
    this.#worker.postMessage(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
