import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClawbackError } from '../ports/errors.ts';
import type { MetricsServer, ServedAddress } from '../ports/metrics-server.ts';

/** The media type of the exposition format, which some scrapers insist on. */
const EXPOSITION = 'text/plain; version=0.0.4; charset=utf-8';

export async function serveMetrics({ host, port }: ServedAddress, text: () => Promise<string>): Promise<MetricsServer> {
  const server = createServer((request, response) => void answer(request, response, text));
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new ClawbackError('FAILED', `cannot serve metrics on ${host}:${port}: ${String(cause)}`, {
      hint: 'choose another address in metrics.listen of the config, or stop what listens there',
      cause,
    });
  }
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      // A scraper keeps its connection for the next time.
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, text: () => Promise<string>): Promise<void> {
  const send = (status: number, type: string, body: string): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if (request.url?.split('?')[0] !== '/metrics') {
    send(404, 'text/plain', 'clawback: see /metrics\n');
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(405, 'text/plain', 'clawback: only GET and HEAD\n');
  } else {
    try {
      send(200, EXPOSITION, await text());
    } catch (error) {
      send(500, 'text/plain', `clawback: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}
