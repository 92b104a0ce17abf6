/** Work whose result somebody will ask for, done before that while there is nothing else to do. */
export class SpareTime {
  readonly #waiting = new Set<() => unknown>();

  /** Gives what returns the result, or throws what the work threw: done in the meantime, or else when it is asked. */
  later<T>(work: () => T): () => T {
    const done = once(work);
    this.#waiting.add(done);
    return () => {
      this.#waiting.delete(done);
      return done();
    };
  }

  /** Does one piece of what waits; false if nothing does. */
  spend(): boolean {
    const [next] = this.#waiting;
    if (next === undefined) return false;
    this.#waiting.delete(next);
    try {
      next();
    } catch {
      // Whoever asks for the result is told.
    }
    return true;
  }
}

function once<T>(work: () => T): () => T {
  let made: { readonly result: T } | { readonly error: unknown } | null = null;
  return () => {
    if (made === null) {
      try {
        made = { result: work() };
      } catch (error) {
        made = { error };
      }
    }
    if ('error' in made) throw made.error;
    return made.result;
  };
}
