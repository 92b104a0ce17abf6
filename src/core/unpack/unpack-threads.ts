import { FRAME_TAR_BYTES } from '../archive/seek-table.ts';
import type { TarPlace } from '../archive/tar-parser.ts';
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
    this.#signal = signal;
    this.#interrupt = () => {
      this.#fail(signal.reason);
    };
    signal.addEventListener('abort', this.#interrupt);
    if (signal.aborted) this.#interrupt();
    this.#threads = Array.from(
      { length: THREADS },
      () =>
        new UnpackThread((error) => {
          this.#fail(error);
        }),
    );
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
    thread.send(frame, (others) => {
      this.#giveBack(frame.bytes);
      this.#others.push(...others);
      this.#change();
    });
  }

  /** Has a frame inflated by whoever has time; its content, in memory that all threads see. */
  async inflate(bytes: Uint8Array, tarLength: number): Promise<Uint8Array> {
    const into = this.room(tarLength);
    let isDone = false;
    this.least().send({ bytes, into }, () => {
      isDone = true;
      this.#giveBack(bytes);
      this.#change();
    });
    await this.#until(() => isDone);
    return into;
  }

  /** Resolves when all is done. @throws what a thread has found wrong. */
  async done(): Promise<void> {
    await this.#until(() => this.#threads.every(({ isIdle }) => isIdle));
  }

  /** Entries of the tar that were no task, since they were last asked for. */
  others(): readonly TarPlace[] {
    return this.#others.splice(0);
  }

  #giveBack({ buffer }: Uint8Array): void {
    if (buffer instanceof SharedArrayBuffer) this.#spare.push(buffer);
  }

  #change(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#change();
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
