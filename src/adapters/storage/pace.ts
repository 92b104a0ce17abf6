import { ClawbackError } from '../../ports/errors.ts';
import { allowance } from './patience.ts';

/** Minds that a download comes, and not by drops; how long its reader takes between pieces is none of the server's fault. */
export class Pace {
  readonly #patience: number;
  #received = 0;
  /** Milliseconds that we waited for the server. */
  #waited = 0;
  #asked = performance.now();

  /** @param patience milliseconds that the server may owe an answer. */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** The next piece is wanted. */
  ask(): void {
    this.#asked = performance.now();
  }

  /** @throws ClawbackError `UNAVAILABLE` if too little has come in the time that was waited. */
  came(bytes: number): void {
    this.#waited += performance.now() - this.#asked;
    this.#received += bytes;
    if (this.#waited <= allowance(this.#patience, this.#received)) return;
    const seconds = Math.ceil(this.#waited / 1000);
    throw new ClawbackError('UNAVAILABLE', `no more than ${this.#received} bytes came in ${seconds} s`);
  }
}
