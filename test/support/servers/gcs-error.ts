import type { ServerResponse } from 'node:http';

/** An answer that is an error, in the form of Google's JSON APIs. */
export class GcsError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export function sendJson(response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { ...jsonHeaders(text), ...headers }).end(text);
}

export function sendGcsError(response: ServerResponse, { status, reason, message }: GcsError): void {
  const errors = [{ message, domain: 'global', reason }];
  const text = JSON.stringify({ error: { code: status, message, errors } });
  response.writeHead(status, jsonHeaders(text)).end(text);
}

function jsonHeaders(text: string): Record<string, string> {
  return {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': String(Buffer.byteLength(text)),
  };
}
