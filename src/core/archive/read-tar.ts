import { TarParser, type TarPlace } from './tar-parser.ts';

/** An entry of a tar that is being read; its content must be read, or is passed over, before the next one. */
export interface TarEntry extends TarPlace {
  readonly content: AsyncIterable<Uint8Array>;
}

type Event = TarPlace | Uint8Array;

/**
 * The entries of a tar, one after the other, read as {@link TarParser} does.
 *
 * @throws ClawbackError `INTEGRITY`
 */
export async function* readTar(tar: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const events = eventsOf(tar);
  try {
    for (let next = await events.next(); next.done !== true;) {
      const entry = next.value;
      if (entry instanceof Uint8Array) {
        // Passed over.
        next = await events.next();
        continue;
      }
      let isBegun = false;
      const content = async function* (): AsyncGenerator<Uint8Array> {
        isBegun = true;
        for (next = await events.next(); next.value instanceof Uint8Array; next = await events.next()) yield next.value;
      };
      yield { ...entry, content: content() };
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the generator sets it
      if (!isBegun) next = await events.next();
    }
  } finally {
    await events.return(undefined);
  }
}

async function* eventsOf(tar: AsyncIterable<Uint8Array>): AsyncGenerator<Event, undefined> {
  const parser = new TarParser();
  for await (const piece of tar) {
    const events: Event[] = [];
    const add = (event: Event): void => void events.push(event);
    parser.push(piece, { entry: add, content: add });
    yield* events;
  }
  parser.finish();
}
