import type { Transport, TransportRequest } from 'ali-oss';
import { patientRequest, shortBody } from './patient-request.ts';

/** What a call tells the transport, by way of the client's `ctx`. */
export interface OssContext {
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends what ali-oss signs, in place of urllib, which cannot be aborted, counts an upload's whole length as waiting, and prints
 * stack traces after it has failed.
 */
export function ossTransport(patience: number): Transport {
  return {
    async request(url, parameters) {
      const { method, customResponse = false } = parameters;
      const headers = Object.fromEntries(
        Object.entries(parameters.headers).map(([name, value]) => [name, String(value)]),
      );
      const { signal } = parameters.ctx as OssContext;
      const body = await bodyOf(parameters);
      const answer = await patientRequest(new URL(url), { method, headers, body, signal, patience });
      const { status } = answer;
      if (customResponse && status < 300) return { status, headers: answer.headers, data: undefined, res: answer };
      const data = await shortBody(answer, patience);
      return { status, headers: answer.headers, data, res: { status, headers: answer.headers } };
    },
  };
}

async function bodyOf({ content, stream }: TransportRequest): Promise<Buffer | string | undefined> {
  if (stream === undefined) return content;
  const pieces = await Array.fromAsync(stream);
  // What the client is given as one Buffer comes as one piece.
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
}
