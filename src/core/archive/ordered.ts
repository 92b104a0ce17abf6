/**
 * Applies `work` to each item, up to `width` of them at once, and yields the results in the order of the items. Work goes on while
 * the consumer is busy with a result.
 *
 * @param ready how many finished results may wait besides, for one before them or for the consumer; by default they take the place of
 *   what is worked on
 */
export async function* mapOrdered<T, R>(
  items: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
  ready = 0,
): AsyncGenerator<R> {
  const source = items[Symbol.asyncIterator]();
  const running: Promise<R>[] = [];
  const state: State = { pulling: null, failure: null, isOver: false, atWork: 0 };

  const pull = async (): Promise<void> => {
    try {
      const next = await source.next();
      if (next.done === true) state.isOver = true;
      else {
        state.atWork += 1;
        const result = work(next.value).finally(() => {
          state.atWork -= 1;
          keepPulling();
        });
        // It may fail long before its turn comes, and is then nobody's yet.
        result.catch(() => undefined);
        running.push(result);
      }
    } catch (error) {
      state.failure = { error };
      state.isOver = true;
    }
    state.pulling = null;
    keepPulling();
  };
  const keepPulling = (): void => {
    const mayBegin = state.atWork < width && running.length < width + ready;
    if (!state.isOver && mayBegin) state.pulling ??= pull();
  };

  try {
    keepPulling();
    for (;;) {
      const [oldest] = running;
      if (oldest !== undefined) {
        const result = await oldest;
        void running.shift();
        keepPulling();
        yield result;
      } else if (state.pulling !== null) await state.pulling;
      else if (state.failure !== null) throw state.failure.error;
      else return;
    }
  } finally {
    state.isOver = true;
    // Left early, by an error or by the consumer: the rest must not end as unhandled rejections. A source that is being asked ends
    // when it has answered, which may be never: whoever made it ends it.
    const closed = Promise.resolve(source.return?.(undefined)).catch(() => undefined);
    if (state.pulling === null) await closed;
    await Promise.allSettled(running);
  }
}

interface State {
  /** The next item is being asked for. */
  pulling: Promise<void> | null;
  failure: { readonly error: unknown } | null;
  isOver: boolean;
  /** Items whose result is not there yet. */
  atWork: number;
}
