import type { SignalName } from './signals.ts';

/** Starts the command that is run for somebody, with this process's input and output. */
export interface ChildStarter {
  /**
   * @param command the program and its arguments
   * @param env its whole environment
   * @throws ClawbackError `NOT_FOUND` if there is no such program; `FAILED` if it cannot be started.
   */
  start(command: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<Child>;
}

export interface Child {
  /** Resolves to its exit code, as a shell gives it: 128 and the number of the signal if one ended it. */
  readonly ended: Promise<number>;
  /** Sends it a signal; nothing happens if it has ended. */
  signal(name: SignalName): void;
  /** Ends it at once, and what it has started that has not made itself independent. */
  kill(): void;
}
