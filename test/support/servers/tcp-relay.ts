import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands before a server and passes bytes on, until it is told to spoil that. */
export interface TcpRelay extends AsyncDisposable {
  readonly port: number;
  /** Resets the connection that carries them after so many more bytes of the client, or of the server. */
  cutAfter(bytes: number, from: 'client' | 'server'): void;
  /** Passes nothing on any more, and keeps the connections open. */
  freeze(): void;
}

export async function tcpRelay(target: number): Promise<TcpRelay> {
  const left = { client: Infinity, server: Infinity };
  let isFrozen = false;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const pass = (from: Socket, to: Socket, side: 'client' | 'server'): void => {
      open.add(from);
      from.on('data', (bytes) => {
        if (isFrozen) return;
        left[side] -= bytes.length;
        if (left[side] > 0) {
          to.write(bytes);
          return;
        }
        left[side] = Infinity;
        client.resetAndDestroy();
        upstream.resetAndDestroy();
      });
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.on('error', () => to.destroy());
    };
    pass(client, upstream, 'client');
    pass(upstream, client, 'server');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter: (bytes, from) => {
      left[from] = bytes;
    },
    freeze: () => {
      isFrozen = true;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
