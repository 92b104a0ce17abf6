import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer that is an error, in the form of OSS. */
export class OssError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export function sendXml(response: ServerResponse, body: string, headers: Readonly<Record<string, string>> = {}): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
  response.writeHead(200, { ...headers, 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

export function sendOssError(request: IncomingMessage, response: ServerResponse, error: OssError): void {
  const elements = {
    Code: error.code,
    Message: error.message,
    RequestId: '5C3D9175B6FC201293AD0000',
    ...error.details,
  };
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${xmlOf(elements)}</Error>`;
  response.writeHead(error.status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text) });
  response.end(request.method === 'HEAD' ? undefined : text);
}

export function xmlOf(elements: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(elements)
    .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
