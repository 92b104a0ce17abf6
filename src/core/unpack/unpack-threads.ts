import { FRAME_TAR_BYTES } from '../archive/seek-table.ts';
import { type TarPlace } from '../archive/tar-parser.ts';
import { type FrameToUnpack, UnpackThread } from './unpack-thread.ts';

/** As many as keep two cores busy: this thread only reads and opens. */
const THREADS = 2;

/** What a frame needs that could not be compressed. */
const ROOM_BYTES = FRAME_TAR_BYTES + 64 * 1024;

/** Threads among which stretches of tar are shared out. Disposing ends them at once. */
export class UnpackThreads implements AsyncDisposable {
  readonly #threads: readonly UnpackThread[];
  readonly #spare: SharedArrayBuffer[] = [];
  readonly #others: TarPlace[] = [];
  #changed = Promise.withResolvers<undefined>();
  readonly #signal: AbortSignal;
  readonly #interrupt: () => void;
  #failure: { readonly error: unknown } | null = null;

  constructor(signal: AbortSignal) {
    const change = (): void => {
      this.#changed.resolve(undefined);
      this.#changed = Promise.withResolvers();
    };
    const listener = {
      taken: ({ buffer }: Uint8Array, others: readonly TarPlace[]) => {
        if (buffer instanceof SharedArrayBuffer) this.#spare.push(buffer);
        this.#others.push(...others);
        change();
      },
      failed: (error: unknown) => {
        this.#failure ??= { error };
        change();
      },
    };
    this.#interrupt = () => {
      listener.failed(signal.reason);
    };
    this.#signal = signal;
    signal.addEventListener('abort', this.#interrupt);
    if (signal.aborted) this.#interrupt();
    this.#threads = Array.from({ length: THREADS }, () => new UnpackThread(listener));
  }

  /** Memory for one frame, which all threads see. */
  readonly room = (bytes: number): Uint8Array => {
    const spare = this.#spare.pop();
    const fits = spare !== undefined && spare.byteLength >= bytes;
    return new Uint8Array(fits ? spare : new SharedArrayBuffer(Math.max(bytes, ROOM_BYTES)), 0, bytes);
  };

  /** The thread that will soonest have time. */
  least(): UnpackThread {
    return this.#threads.reduce((least, thread) => (thread.waiting < least.waiting ? thread : least));
  }

  /** Gives a frame to a thread as soon as that has room for it. @throws what a thread has found wrong. */
  async send(thread: UnpackThread, frame: FrameToUnpack): Promise<void> {
    await this.#until(() => thread.hasRoom);
    thread.send(frame);
  }

  /** Resolves when all is done. @throws what a thread has found wrong. */
  async done(): Promise<void> {
    await this.#until(() => this.#threads.every(({ isIdle }) => isIdle));
  }

  /** Entries of the tar that were no task, since they were last asked for. */
  others(): readonly TarPlace[] {
    return this.#others.splice(0);
  }

  async #until(condition: () => boolean): Promise<void> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      if (condition()) return;
      await this.#changed.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#interrupt);
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }
}
