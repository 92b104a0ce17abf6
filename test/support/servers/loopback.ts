import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/** Sees a request before the service does; true if it has answered it, or broken it. */
export type Fault = (exchange: Exchange) => boolean | Promise<boolean>;

export interface Loopback extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** Lets every request pass through this fault until it is disposed. */
  inject(fault: Fault): Disposable;
}

/** Serves HTTP on a free port of the loopback; disposing cuts what is still open. */
export async function loopback(serve: (exchange: Exchange) => Promise<void>): Promise<Loopback> {
  const faults = new Set<Fault>();
  const answer = async (exchange: Exchange): Promise<void> => {
    for (const fault of faults) if (await fault(exchange)) return;
    await serve(exchange);
  };
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://loopback');
    answer({ request, response, url }).catch((error: unknown) => {
      // A client that went away is no news; anything else is a mistake in the fixture, and the client shall notice.
      if (!request.destroyed) console.error(request.method, request.url, error);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    inject(fault) {
      faults.add(fault);
      return { [Symbol.dispose]: () => faults.delete(fault) };
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
