import { Readable } from 'node:stream';
import type { FileStat, Headers, WebDAVClient } from 'webdav';
import { ClawbackError } from '../../ports/errors.ts';
import { Pace } from './pace.ts';
import { Watch } from './watch.ts';
import { statusOf, webdavError } from './webdav-errors.ts';

/** One exchange with the server. */
export interface WebdavRequest {
  readonly method: 'GET' | 'PUT' | 'MOVE' | 'MKCOL' | 'DELETE';
  /** Below the collection that the location names: `/a/b`. */
  readonly path: string;
  readonly headers?: Headers;
  readonly body?: Blob;
  readonly signal?: AbortSignal | undefined;
  /** What cannot be done if it fails, for the message. */
  readonly what: string;
}

export interface WebdavAnswer {
  /** False if the server knows no ranges and sends everything. */
  readonly isPart: boolean;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What the library's answers are in Node, and its types do not say. */
interface NodeAnswer {
  readonly body: AsyncIterable<Uint8Array>;
}

/** The exchanges that a storage needs; none waits for a server that has gone silent. */
export class WebdavClient {
  readonly #base: string;
  readonly #client: WebDAVClient;
  readonly #patience: number;

  /** @param base what paths are below, without a slash at the end. */
  constructor(base: string, client: WebDAVClient, patience: number) {
    this.#base = base;
    this.#client = client;
    this.#patience = patience;
  }

  /** The whole URL of a path. */
  urlOf(path: string): string {
    return this.#base + path;
  }

  /** Makes a collection; false if there is something of that name already. */
  async makeCollection(path: string, what: string): Promise<boolean> {
    try {
      await this.send({ method: 'MKCOL', path, what });
      return true;
    } catch (error) {
      if (error instanceof ClawbackError && statusOf(error.cause) === 405) return false;
      throw error;
    }
  }

  /** Sends something that has no answer but yes. */
  async send(request: WebdavRequest): Promise<void> {
    using watch = new Watch(this.#patience, request.signal);
    // What reading the body failed with: the library tells a broken body from a broken connection no better.
    const broken: Error[] = [];
    const { method, path, headers = {}, body } = request;
    try {
      const response = await this.#client.customRequest(path, {
        method,
        headers: body === undefined ? headers : { ...headers, 'Content-Length': String(body.size) },
        signal: watch.signal,
        ...(body === undefined ? {} : { data: Readable.from(sending(body, watch, broken), { objectMode: false }) }),
      });
      // A connection whose answer nobody reads can neither be used again nor closed.
      await response.text();
    } catch (error) {
      await drainAnswer(error);
      throw webdavError(broken[0] ?? error, request.what, watch.signal);
    }
  }

  /** An answer, whose body must be read, or left, for the connection to be free again. */
  async receive(request: WebdavRequest): Promise<WebdavAnswer> {
    const watch = new Watch(this.#patience, request.signal);
    const { method, path, headers = {}, what } = request;
    try {
      const response = await this.#client.customRequest(path, { method, headers, signal: watch.signal });
      return {
        isPart: response.status === 206,
        body: receiving((response as unknown as NodeAnswer).body, { watch, pace: new Pace(this.#patience), what }),
      };
    } catch (error) {
      watch[Symbol.dispose]();
      await drainAnswer(error);
      throw webdavError(error, what, watch.signal);
    }
  }

  /** What is at `path`, and the server's own time (both as HTTP writes dates); null if nothing is. */
  async find(path: string, what: string, signal?: AbortSignal): Promise<(FileStat & { readonly date: string }) | null> {
    using watch = new Watch(this.#patience, signal);
    try {
      const found = await this.#client.stat(path, { details: true, signal: watch.signal });
      if (!('data' in found)) throw new Error('the webdav library gave no details');
      return { ...found.data, date: found.headers['date'] ?? '' };
    } catch (error) {
      await drainAnswer(error);
      if (statusOf(error) === 404) return null;
      throw webdavError(error, what, watch.signal);
    }
  }

  /** What is directly in a collection; null if there is none. */
  async list(path: string, what: string, signal?: AbortSignal): Promise<FileStat[] | null> {
    using watch = new Watch(this.#patience, signal);
    try {
      return await this.#client.getDirectoryContents(path, { signal: watch.signal });
    } catch (error) {
      await drainAnswer(error);
      if (statusOf(error) === 404) return null;
      throw webdavError(error, what, watch.signal);
    }
  }
}

async function* sending(body: Blob, watch: Watch, broken: Error[]): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body.stream() as AsyncIterable<Uint8Array>) {
      watch.moved();
      yield piece;
    }
  } catch (error) {
    broken.push(error as Error);
    throw error;
  }
}

async function* receiving(
  body: AsyncIterable<Uint8Array>,
  { watch, pace, what }: { readonly watch: Watch; readonly pace: Pace; readonly what: string },
): AsyncGenerator<Uint8Array> {
  using _watch = watch;
  try {
    for await (const piece of body) {
      pace.came(piece.length);
      yield piece;
      watch.moved();
      pace.ask();
    }
  } catch (error) {
    throw webdavError(error, what, watch.signal);
  }
}

async function drainAnswer(error: unknown): Promise<void> {
  const response = (error as { response?: { text(): Promise<string> } }).response;
  await response?.text().catch(() => '');
}
