import type { Storage as GoogleStorage } from '@google-cloud/storage';
import { GsRefusal, loginError } from './gs-errors.ts';
import { patiently } from './patience.ts';
import { patientFetch } from './patient-fetch.ts';
import { retryAfter } from './retry-after.ts';

export interface GsCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** A path below the bucket: `/o`, or `/o/` and the encoded name of an object. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  readonly signal: AbortSignal | undefined;
}

export interface GsPart {
  readonly method: 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal | undefined;
}

/** The JSON API of one bucket, with the credentials that Google's own library finds. */
export class GsService {
  readonly patience: number;
  readonly #google: GoogleStorage;
  readonly #endpoint: string;
  readonly #bucket: string;

  constructor(
    google: GoogleStorage,
    at: { readonly endpoint: string; readonly bucket: string; readonly patience: number },
  ) {
    this.#google = google;
    this.#endpoint = at.endpoint;
    this.#bucket = at.bucket;
    this.patience = at.patience;
  }

  call(call: GsCall): Promise<Response> {
    return this.#authorized('/storage/v1', call);
  }

  /** A call to the address that takes uploads. */
  upload(call: GsCall): Promise<Response> {
    return this.#authorized('/upload/storage/v1', call);
  }

  /**
   * A request to the address of a resumable upload, which is itself the permission. Status 308 says that more is wanted.
   *
   * @throws GsRefusal if the answer is neither that nor success.
   */
  async part(session: URL, part: GsPart): Promise<Response> {
    const response = await patientFetch(session, { headers: {}, ...part, patience: this.patience });
    if (!response.ok && response.status !== 308) throw await refusalOf(response);
    return response;
  }

  async #authorized(api: string, { path, query = {}, ...call }: GsCall): Promise<Response> {
    const url = new URL(`${this.#endpoint}${api}/b/${encodeURIComponent(this.#bucket)}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    call.signal?.throwIfAborted();
    const headers = await patiently(this.#google.authClient.getRequestHeaders(url.href), this.patience).catch(
      (error: unknown) => {
        throw loginError(error);
      },
    );
    for (const [name, value] of Object.entries(call.headers ?? {})) headers.set(name, value);
    const response = await patientFetch(url, { ...call, headers, patience: this.patience });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}

async function refusalOf(response: Response): Promise<GsRefusal> {
  const text = await response.text().catch(() => '');
  const { error } = parsed(text);
  const message = error?.message ?? (text.slice(0, 200) || response.statusText);
  return new GsRefusal(message.replace(/\.$/, ''), {
    status: response.status,
    reason: error?.errors?.[0]?.reason ?? '',
    ...retryAfter(response.headers.get('retry-after')),
  });
}

interface GoogleError {
  readonly error?: { readonly message?: string; readonly errors?: readonly { readonly reason?: string }[] };
}

function parsed(text: string): GoogleError {
  try {
    return JSON.parse(text) as GoogleError;
  } catch {
    // Proxies and load balancers answer in HTML.
    return {};
  }
}
