import { ClawbackError } from '../../ports/errors.ts';

/**
 * Watches one exchange with a server: its signal fires when the caller gives up, and when nothing has moved for so long.
 * Disposing ends the watch.
 */
export class Watch implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  /** @param patience milliseconds */
  constructor(patience: number, caller: AbortSignal | undefined) {
    const silence = new AbortController();
    this.#timer = setTimeout(() => {
      silence.abort(new ClawbackError('UNAVAILABLE', `nothing has moved for ${Math.ceil(patience / 1000)} s`));
    }, patience);
    this.signal = caller === undefined ? silence.signal : AbortSignal.any([silence.signal, caller]);
  }

  /** Something came or went. */
  moved(): void {
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
