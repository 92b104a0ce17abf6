import type { Storage as GoogleStorage } from '@google-cloud/storage';
import { GsRefusal, loginError } from './gs-errors.ts';
import { patiently } from './patience.ts';
import { type Answer, patientRequest, type Reply, shortBody } from './patient-request.ts';
import { retryAfter } from './retry-after.ts';

export interface GsCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** A path below the bucket: `/o`, or `/o/` and the encoded name of an object. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal | undefined;
}

export interface GsPart {
  readonly method: 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal | undefined;
}

/** The JSON API of one bucket, with the credentials that Google's own library finds. Refusals reject with a GsRefusal. */
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

  async call(call: GsCall): Promise<Reply> {
    return this.#read(await this.#send('/storage/v1', call));
  }

  /** A call to the address that takes uploads. */
  async upload(call: GsCall): Promise<Reply> {
    return this.#read(await this.#send('/upload/storage/v1', call));
  }

  /** A call whose answer is long. */
  open(call: GsCall): Promise<Answer> {
    return this.#send('/storage/v1', call);
  }

  /** A request to the address of a resumable upload, which is itself the permission. Status 308 says that more is wanted. */
  async part(session: URL, part: GsPart): Promise<Reply> {
    const reply = await this.#read(await patientRequest(session, { headers: {}, ...part, patience: this.patience }));
    if (!isSuccess(reply) && reply.status !== 308) throw refusalOf(reply);
    return reply;
  }

  async #send(api: string, { path, query = {}, ...call }: GsCall): Promise<Answer> {
    const url = new URL(`${this.#endpoint}${api}/b/${encodeURIComponent(this.#bucket)}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    call.signal?.throwIfAborted();
    const login = await patiently(this.#google.authClient.getRequestHeaders(url.href), this.patience).catch(
      (error: unknown) => {
        throw loginError(error);
      },
    );
    const headers = { ...Object.fromEntries(login), ...call.headers };
    const answer = await patientRequest(url, { ...call, headers, patience: this.patience });
    if (!isSuccess(answer)) throw refusalOf(await this.#read(answer));
    return answer;
  }

  async #read(answer: Answer): Promise<Reply> {
    const { status, headers } = answer;
    return { status, headers, body: await shortBody(answer, this.patience) };
  }
}

function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

function refusalOf({ status, headers, body }: Reply): GsRefusal {
  const text = body.toString();
  const { error } = parsed(text);
  const message = error?.message ?? (text.slice(0, 200) || `status ${status}`);
  return new GsRefusal(message.replace(/\.$/, ''), {
    status,
    reason: error?.errors?.[0]?.reason ?? '',
    ...retryAfter(headers['retry-after']),
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
