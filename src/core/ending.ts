import type { Clock } from '../ports/clock.ts';

/** The time between being told to stop and being killed for not having stopped. */
export class Ending {
  readonly #grace: number;
  readonly #clock: Clock;
  readonly #begun = new AbortController();
  readonly #limit = new AbortController();
  #end = Infinity;

  /** @param grace milliseconds that it lasts */
  constructor(grace: number, clock: Clock) {
    this.#grace = grace;
    this.#clock = clock;
  }

  /** Begins it, the first time. */
  begin(): void {
    if (this.begun.aborted) return;
    this.#end = this.#clock.monotonic() + this.#grace;
    void this.#clock.sleep(this.#grace, this.limit).then(
      () => {
        this.#limit.abort();
      },
      () => undefined,
    );
    this.#begun.abort();
  }

  /** Ends it now. */
  cutShort(): void {
    this.#limit.abort();
  }

  /** Fires when it begins. */
  get begun(): AbortSignal {
    return this.#begun.signal;
  }

  /** Fires when it is over. */
  get limit(): AbortSignal {
    return this.#limit.signal;
  }

  /** Milliseconds that are left; infinite before it begins. */
  left(): number {
    return Math.max(0, this.#end - this.#clock.monotonic());
  }
}
