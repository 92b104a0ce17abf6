import type { Transport, TransportRequest, TransportResponse } from 'ali-oss';
import { patientFetch } from './patient-fetch.ts';

/** What a call tells the transport, by way of the client's `ctx`. */
export interface OssContext {
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends what ali-oss signs with `fetch` instead of urllib, which cannot be aborted, counts an upload's whole length as waiting,
 * and prints stack traces after it has failed.
 */
export function ossTransport(patience: number): Transport {
  return {
    async request(url, parameters) {
      const { method, customResponse = false } = parameters;
      const headers = Object.fromEntries(
        Object.entries(parameters.headers).map(([name, value]) => [name, String(value)]),
      );
      const { signal } = parameters.ctx as OssContext;
      const response = await patientFetch(new URL(url), {
        method,
        headers,
        body: await bodyOf(parameters),
        signal,
        patience,
      });
      return answer(response, { isStream: customResponse && response.ok });
    },
  };
}

async function bodyOf({ content, stream }: TransportRequest): Promise<Uint8Array<ArrayBuffer> | string | undefined> {
  if (stream !== undefined) return Buffer.concat(await Array.fromAsync(stream));
  return typeof content === 'string' || content === undefined ? content : new Uint8Array(content);
}

async function answer(response: Response, { isStream }: { readonly isStream: boolean }): Promise<TransportResponse> {
  const headers = Object.fromEntries(response.headers);
  const { status } = response;
  if (isStream) return { status, headers, data: undefined, res: response };
  const data = Buffer.from(await response.arrayBuffer());
  return { status, headers, data, res: { status, headers } };
}
