import type { Entry } from './manifest.ts';

/** A captured entry met on the way through the tar; the content of a file must be read before the next is asked for. */
export interface Met<E extends Entry = Entry> {
  readonly entry: E;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Reads and forgets, for the checks on the way. */
export async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  const pieces = stream[Symbol.asyncIterator]();
  while ((await pieces.next()).done !== true);
}
