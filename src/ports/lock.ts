/** Keeps two runs on one host from working on the same instance. A process that dies, however it dies, holds nothing. */
export interface InstanceLock {
  /**
   * Takes the lock of an instance. Without `waiting` it never waits, and says at once that it cannot.
   *
   * @throws ClawbackError `LOCKED`, naming the process that holds it and since when; `ABORTED` if a wait was broken off.
   */
  acquire(instance: string, waiting?: LockWait): Promise<HeldLock>;
}

export interface LockWait {
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told once, if there is something to wait for. */
  readonly onWait: (holder: string) => void;
}

/** Disposing gives the lock back. */
export type HeldLock = AsyncDisposable;

/** The same lock for runs that would rather be late than fail. */
export function patientLock(lock: InstanceLock, waiting: LockWait): InstanceLock {
  return { acquire: (instance) => lock.acquire(instance, waiting) };
}
