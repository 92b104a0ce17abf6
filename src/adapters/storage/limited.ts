import { setTimeout as sleep } from 'node:timers/promises';
import { ClawbackError } from '../../ports/errors.ts';
import type { Storage, TransferOptions } from '../../ports/storage.ts';

/** Bytes that pass at once: a limit is kept over seconds, not over packets. */
const STEP = 256 * 1024;

/** Passes no more than so many bytes a second, up and down together, over all that one storage transfers at once. */
export function limited(storage: Storage, bytesPerSecond: number): Storage {
  const gate = new Gate(bytesPerSecond);
  return {
    location: storage.location,
    put: (key, body, options = {}) => storage.put(key, slowly(body, gate, options), options),
    get: async (key, options = {}) => gate.passing(await storage.get(key, options), options),
    list: (prefix, options) => storage.list(prefix, options),
    delete: (key, options) => storage.delete(key, options),
    sweep: (prefix, options) => storage.sweep(prefix, options),
  };
}

/** Lets bytes through at a steady rate: each waits until those before it have had their time. */
class Gate {
  readonly #bytesPerSecond: number;
  /** When the next byte may pass, in milliseconds of the monotonic clock. */
  #free = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  async pass(bytes: number, { signal }: TransferOptions): Promise<void> {
    const now = performance.now();
    const begin = Math.max(now, this.#free);
    this.#free = begin + (bytes / this.#bytesPerSecond) * 1000;
    if (begin <= now) return;
    try {
      await sleep(begin - now, undefined, signal === undefined ? {} : { signal });
    } catch (cause) {
      throw new ClawbackError('ABORTED', 'interrupted', { cause });
    }
  }

  async *passing(stream: AsyncIterable<Uint8Array>, options: TransferOptions): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for await (const piece of stream) {
      for (let at = 0; at < piece.length; at += STEP) {
        const step = piece.subarray(at, at + STEP);
        await this.pass(step.length, options);
        yield step as Uint8Array<ArrayBuffer>;
      }
    }
  }
}

/** A body whose bytes come through the gate, however they are asked for. */
function slowly(body: Blob, gate: Gate, options: TransferOptions): Blob {
  const stream = (): ReadableStream<Uint8Array<ArrayBuffer>> =>
    ReadableStream.from(gate.passing(body.stream() as AsyncIterable<Uint8Array>, options));
  const bytes = async (): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await new Response(stream()).arrayBuffer());
  const slow = {
    size: body.size,
    type: body.type,
    stream,
    bytes,
    arrayBuffer: async () => (await bytes()).buffer,
    text: async () => new TextDecoder().decode(await bytes()),
    slice: (start?: number, end?: number) => slowly(body.slice(start, end), gate, options),
  };
  // Adapters hand it on to libraries that ask what it is.
  return Object.setPrototypeOf(slow, Blob.prototype) as Blob;
}
