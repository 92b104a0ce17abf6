export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'SIGUSR1' | 'SIGUSR2' | 'SIGWINCH' | 'SIGCONT';

/** Signals that this process is sent. Unless somebody takes them, those that ask it to stop interrupt the command. */
export interface Signals {
  /** Gives these signals to a listener alone, until disposed. */
  take(names: readonly SignalName[], listener: (name: SignalName) => void): Disposable;
}

/** For a process that is sent none. */
export const noSignals: Signals = { take: () => ({ [Symbol.dispose]: () => undefined }) };
