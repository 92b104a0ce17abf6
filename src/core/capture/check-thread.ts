import { startThread } from '../thread.ts';
import { fromThread, type ThreadError } from '../thread-error.ts';
import type { DatabaseCopy } from './database.ts';

export interface ToCheckWorker {
  readonly copy: string;
}

export type FromCheckWorker = { readonly made: DatabaseCopy } | { readonly error: ThreadError };

/** A thread that looks through copies of large databases, while the one that reads the installation reads on. */
export class CheckThread {
  readonly #worker = startThread('./check-worker', import.meta);
  /** In the order in which they were asked for, which is that of the answers. */
  readonly #asked: PromiseWithResolvers<DatabaseCopy>[] = [];

  constructor() {
    this.#worker.on('message', (answer: FromCheckWorker) => {
      const asked = this.#asked.shift();
      if ('made' in answer) asked?.resolve(answer.made);
      else asked?.reject(fromThread(answer.error));
    });
    this.#worker.on('error', (error) => {
      this.#giveUp(error);
    });
    this.#worker.on('exit', () => {
      this.#giveUp(new Error('the thread that looks through databases has ended'));
    });
  }

  /** What {@link checkCopy} says of a copy. @throws what it throws. */
  check(copy: string): Promise<DatabaseCopy> {
    const asked = Promise.withResolvers<DatabaseCopy>();
    this.#asked.push(asked);
    const message: ToCheckWorker = { copy };
    this.#worker.postMessage(message);
    return asked.promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #giveUp(error: unknown): void {
    for (const { reject } of this.#asked.splice(0)) reject(error);
  }
}
