import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/ports/clock.ts';

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  #time: number;
  #elapsed = 0;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  constructor(at: string) {
    this.#time = Date.parse(at);
  }

  now(): Date {
    return new Date(this.#time);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const sleeper = {
        until: this.#elapsed + milliseconds,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** Lets time pass, waking in order whoever sleeps meanwhile, also those who only then begin to. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await settled();
    for (;;) {
      const [next] = [...this.#sleepers].sort((a, b) => a.until - b.until);
      if (next === undefined || next.until > end) break;
      this.#advance(Math.max(0, next.until - this.#elapsed));
      next.wake();
      await settled();
    }
    this.#advance(end - this.#elapsed);
  }

  /** Sets the time of day, as a time server does; nothing else moves. */
  set(at: string): void {
    this.#time = Date.parse(at);
  }

  #advance(milliseconds: number): void {
    this.#elapsed += milliseconds;
    this.#time += milliseconds;
  }
}

/** Until what was woken has done what it can do at once. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn();
}
