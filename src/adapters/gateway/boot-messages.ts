import type { BootRequest, ConnectAttempt, ConnectResult } from '../../ports/gateway.ts';
import type { ErrorCode } from '../../ports/errors.ts';

/**
 * What Clawback and its helper inside the namespaces say to each other: JSON, one message a line, over the helper's
 * standard input and output. Secrets travel only here, never in arguments or in the helper's environment.
 */
export type ToInside = Orders | Question | LogQuestion;

/** The first line. */
export interface Orders {
  readonly request: BootRequest;
  /** Entry script of OpenClaw, and the directory that it needs. */
  readonly entry: string;
  readonly packageDirectory: string;
  readonly patience: number;
  /** Free TCP port to listen on; null where the network is private and the configuration alone decides. */
  readonly port: number | null;
}

export interface Question extends ConnectAttempt {
  readonly id: number;
  /** Absent to ask only whether the Gateway lets in. */
  readonly call?: { readonly method: string; readonly params: unknown };
}

/** The end of what the Gateway has said. */
export interface LogQuestion {
  readonly id: number;
  readonly log: true;
}

export type FromInside =
  | ({ readonly type: 'booted' } & Booted)
  | ({ readonly type: 'failed' } & Failure)
  | { readonly type: 'connected'; readonly id: number; readonly result: ConnectResult }
  | { readonly type: 'answered'; readonly id: number; readonly payload: unknown }
  | { readonly type: 'logged'; readonly id: number; readonly text: string }
  | ({ readonly type: 'refused'; readonly id: number } & Failure);

export interface Booted {
  readonly port: number;
  /** Milliseconds. */
  readonly readyAfter: number;
  readonly probe: unknown;
}

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
}
