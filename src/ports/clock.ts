/** Time as the machine tells it; `src/cli` gives the real one, tests one that they move by hand. */
export interface Clock {
  /** The time of day, which may jump. */
  now(): Date;
  /** Milliseconds on a clock that runs evenly and is never set. */
  monotonic(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason as soon as it fires. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
