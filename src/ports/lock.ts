/** Keeps two runs on one host from working on the same instance. A process that dies, however it dies, holds nothing. */
export interface InstanceLock {
  /**
   * Takes the lock of an instance, or says at once that it cannot; never waits.
   *
   * @throws ClawbackError `LOCKED`, naming the process that holds it and since when.
   */
  acquire(instance: string): Promise<HeldLock>;
}

/** Disposing gives the lock back. */
export type HeldLock = AsyncDisposable;
