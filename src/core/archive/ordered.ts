/**
 * Applies `work` to each item, up to `width` of them at once, and yields the results in the order of the items.
 * At most `width` items are taken from the source ahead of what the consumer has received.
 */
export async function* mapOrdered<T, R>(
  items: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // It may fail long before its turn comes, and is then nobody's yet.
      result.catch(() => undefined);
      running.push(result);
      const oldest = running.length === width ? running.shift() : undefined;
      if (oldest !== undefined) yield await oldest;
    }
    for (let next = running.shift(); next !== undefined; next = running.shift()) yield await next;
  } finally {
    // Left early by an error or by the consumer: the rest must not end as unhandled rejections.
    await Promise.allSettled(running);
  }
}
