import { ClawbackError } from '../../ports/errors.ts';

/** One answer of the Gateway to one request. */
export type Answer =
  | { readonly ok: true; readonly payload: Record<string, unknown> }
  | { readonly ok: false; readonly error: GatewayFault };

export interface GatewayFault {
  readonly code: string;
  readonly message: string;
  readonly details?: { readonly code?: string; readonly reason?: string; readonly requestId?: string };
}

interface Challenge {
  readonly nonce: string;
  readonly ts: number;
}

type Frame =
  | { readonly type: 'event'; readonly event: string; readonly payload: unknown }
  | ({ readonly type: 'res'; readonly id: string } & Answer);

/** Requests and answers over one WebSocket to a Gateway. */
export interface GatewayLink extends Disposable {
  /** The Gateway speaks first; every connection must answer this. */
  readonly challenge: Promise<Challenge>;
  /** @throws ClawbackError `UNAVAILABLE` when the connection ends before the answer. */
  request(method: string, params: unknown): Promise<Answer>;
}

/** Speaks over this socket until it closes, the link is disposed, or the signal fires. */
export function gatewayLink(socket: WebSocket, signal: AbortSignal): GatewayLink {
  const challenge = Promise.withResolvers<Challenge>();
  const waiting = new Map<string, PromiseWithResolvers<Answer>>();
  let ended: ClawbackError | undefined;
  let sent = 0;

  const end = (reason: string): void => {
    signal.removeEventListener('abort', aborted);
    ended ??= new ClawbackError('UNAVAILABLE', `the connection to the gateway ended${reason && `: ${reason}`}`);
    challenge.reject(ended);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const aborted = (): void => {
    end('no answer in time');
    socket.close();
  };
  // Nobody may be waiting for it when the connection ends later.
  challenge.promise.catch(() => undefined);

  if (signal.aborted) aborted();
  else signal.addEventListener('abort', aborted);
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame;
    if (frame.type === 'event' && frame.event === 'connect.challenge') challenge.resolve(frame.payload as Challenge);
    if (frame.type === 'res') {
      waiting.get(frame.id)?.resolve(frame);
      waiting.delete(frame.id);
    }
  });
  socket.addEventListener('close', ({ reason }) => {
    end(reason);
  });
  socket.addEventListener('error', () => {
    end('cannot connect');
  });

  return {
    challenge: challenge.promise,
    request: (method, params) => {
      if (ended) return Promise.reject(ended);
      const id = String(++sent);
      const answer = Promise.withResolvers<Answer>();
      waiting.set(id, answer);
      socket.send(JSON.stringify({ type: 'req', id, method, params }));
      return answer.promise;
    },
    [Symbol.dispose]: () => {
      socket.close();
    },
  };
}
