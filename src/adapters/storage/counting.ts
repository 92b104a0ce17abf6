import type { Body, Sent, Storage } from '../../ports/storage.ts';

/**
 * Tells how much of each object has been sent; to be precise, read to be sent, which is a few parts ahead. What is sent again
 * after a failure is not told again, so that the sum never exceeds the object's size.
 */
export function counting(storage: Storage, onSent: (sent: Sent) => void): Storage {
  /** The most that any attempt has sent, by key. */
  const told = new Map<string, number>();
  return {
    location: storage.location,

    async put(key, body, options) {
      let sent = 0;
      const count = (bytes: number): void => {
        sent = Math.min(body.size, sent + bytes);
        const before = told.get(key) ?? 0;
        if (sent <= before) return;
        told.set(key, sent);
        onSent({ key, bytes: sent - before, total: body.size });
      };
      await storage.put(key, counted(body, count), options);
      // What was not read was taken as it is.
      count(body.size - sent);
    },

    get: (key, options) => storage.get(key, options),
    list: (prefix, options) => storage.list(prefix, options),
    delete: (key, options) => storage.delete(key, options),
    sweep: (prefix, options) => storage.sweep(prefix, options),
  };
}

/** The same body; tells what is read of it, however it is asked for. */
function counted(body: Body, count: (bytes: number) => void): Body {
  const counter = (): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> =>
    new TransformStream({
      transform(piece, controller) {
        count(piece.length);
        controller.enqueue(piece);
      },
    });
  const all = async <T>(content: Promise<T>): Promise<T> => {
    const read = await content;
    count(body.size);
    return read;
  };
  const observed = {
    size: body.size,
    type: body.type,
    ...(body.file === undefined ? {} : { file: body.file }),
    stream: () => body.stream().pipeThrough(counter()),
    bytes: () => all(body.bytes()),
    arrayBuffer: () => all(body.arrayBuffer()),
    text: () => all(body.text()),
    slice: (start?: number, end?: number) => counted(body.slice(start, end), count),
  };
  // Adapters hand it on to libraries that ask what it is.
  return Object.setPrototypeOf(observed, Blob.prototype) as Body;
}
