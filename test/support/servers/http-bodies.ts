import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Exchange } from './loopback.ts';

/**
 * The whole body of a request.
 *
 * @throws Error if the client stops before it has sent what it announced.
 */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Sends bytes, or the span of them that the request's `Range` asks for. */
export async function sendBlob(
  { request, response }: Exchange,
  content: Blob,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const span = spanOf(request.headers.range, content.size);
  if (span === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${content.size}`, 'content-length': 0 }).end();
    return;
  }
  const { start, end } = span ?? { start: 0, end: content.size };
  response.writeHead(span === undefined ? 200 : 206, {
    ...headers,
    'accept-ranges': 'bytes',
    'content-length': end - start,
    ...(span === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${content.size}` }),
  });
  await pipeline(Readable.from(content.slice(start, end).stream()), response);
}

/** The span, end exclusive, of a `Range` header; as RFC 9110 says, one that is not understood is ignored. */
function spanOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - Number(last)), end: size };
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}
