import type { ConnectResult, GatewaySecret } from './gateway.ts';

/** Asks a live Gateway from outside its process, as platforms and clients do. Leaves nothing behind in it. */
export interface Prober {
  /** One HTTP request; redirects are not followed. */
  get(url: string, options?: ProbeOptions): Promise<HttpAnswer>;
  /** Whether a TCP connection to this address opens. */
  reach(host: string, port: number): Promise<Reach>;
  /** A WebSocket handshake as a program on the Gateway's own machine; null if no answer came. */
  connect(url: string, secret: GatewaySecret): Promise<ConnectResult | null>;
}

export interface ProbeOptions {
  readonly method?: 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds; default 1500. */
  readonly patience?: number;
}

/** `null` stands for no answer: the connection was refused or broke, or nothing came in time. */
export type HttpAnswer =
  { readonly status: number; readonly body: string } | { readonly status: null; readonly reason: Unreached };

export type Reach = 'open' | Unreached;

export type Unreached = 'refused' | 'silent' | 'unreachable';
