import { ClawbackError } from '../../ports/errors.ts';
import type { GetOptions, Storage, StoredObject, SweepOptions, TransferOptions } from '../../ports/storage.ts';
import { type BucketLocation, bucketLocation, keyOfName, objectName } from './bucket-location.ts';
import { endpointIn } from './endpoint.ts';
import { gsError, GsRefusal, isMissingObject } from './gs-errors.ts';
import { GsService } from './gs-service.ts';
import { upload } from './gs-upload.ts';
import type { Answer } from './patient-request.ts';
import { wholeBody } from './whole-body.ts';

const PATIENCE_MS = 60_000;
const PAGE = 1000;

export interface GsOptions {
  /** Milliseconds that the service may owe an answer; default 60,000. */
  readonly patience?: number;
}

/**
 * A bucket of Google Cloud Storage: `gs://bucket/prefix`. Credentials are Google's application default credentials: the file
 * that `GOOGLE_APPLICATION_CREDENTIALS` names (a key, or workload identity federation), those of `gcloud`, or the service
 * account of the machine.
 *
 * `@google-cloud/storage` gives the credentials alone. Its transfers cannot be aborted, have no end when the service stalls, and
 * warn on the console (googleapis/google-cloud-node#9185); a Blob can be sent again from any byte, a stream cannot.
 *
 * @throws ClawbackError `CONFIG` if the URL is wrong.
 */
export async function gsStorage(url: URL, { patience = PATIENCE_MS }: GsOptions = {}): Promise<Storage> {
  const at = bucketLocation(url, ['endpoint']);
  const { Storage: GoogleStorage } = await import('@google-cloud/storage');
  // Objects belong to a bucket, not to a project; unless told, the library asks the machine and Google for one.
  const google = new GoogleStorage({ projectId: 'none' });
  const endpoint = endpointIn(at.options) ?? google.apiEndpoint;
  return new GsStorage(at, new GsService(google, { endpoint, bucket: at.bucket, patience }));
}

class GsStorage implements Storage {
  readonly location: string;
  readonly #prefix: string;
  readonly #service: GsService;

  constructor({ location, prefix }: BucketLocation, service: GsService) {
    this.location = location;
    this.#prefix = prefix;
    this.#service = service;
  }

  async put(key: string, body: Blob, { signal }: TransferOptions = {}): Promise<void> {
    try {
      await upload(this.#service, { name: objectName(this.#prefix, key), body, signal });
    } catch (error) {
      throw gsError(error, `cannot store ${key} in ${this.location}`, signal);
    }
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    const what = `cannot read ${key} from ${this.location}`;
    try {
      const path = `/o/${encodeURIComponent(objectName(this.#prefix, key))}`;
      if (range !== undefined && range.start >= range.end) {
        await this.#service.call({ method: 'GET', path, query: { fields: 'name' }, signal });
        return nothing();
      }
      const answer = await this.#service.open({
        method: 'GET',
        path,
        query: { alt: 'media' },
        headers: {
          'accept-encoding': 'identity',
          ...(range !== undefined && { range: `bytes=${range.start}-${range.end - 1}` }),
        },
        signal,
      });
      return this.#reading(answer, what, signal);
    } catch (error) {
      if (error instanceof GsRefusal && error.status === 416) return nothing();
      throw gsError(error, what, signal);
    }
  }

  async *list(prefix: string, { signal }: TransferOptions = {}): AsyncGenerator<StoredObject> {
    let page: string | undefined = '';
    while (page !== undefined) {
      const { items = [], nextPageToken } = await this.#page(prefix, page, signal);
      for (const { name, size } of items) {
        const key = keyOfName(this.#prefix, name);
        if (key !== null) yield { key, size: Number(size) };
      }
      page = nextPageToken;
    }
  }

  async delete(key: string, { signal }: TransferOptions = {}): Promise<void> {
    try {
      const path = `/o/${encodeURIComponent(objectName(this.#prefix, key))}`;
      await this.#service.call({ method: 'DELETE', path, signal });
    } catch (error) {
      if (isMissingObject(error)) return;
      throw gsError(error, `cannot delete ${key} from ${this.location}`, signal);
    }
  }

  /** Google drops an upload that nobody goes on with after a week, and lists it to nobody. */
  sweep(_prefix: string, { signal }: SweepOptions): Promise<number> {
    return Promise.try(() => {
      if (signal?.aborted === true) throw new ClawbackError('ABORTED', 'interrupted');
      return 0;
    });
  }

  async #page(prefix: string, pageToken: string, signal: AbortSignal | undefined): Promise<Page> {
    try {
      const query = {
        prefix: `${this.#prefix}${prefix}`,
        maxResults: String(PAGE),
        fields: 'items(name,size),nextPageToken',
        ...(pageToken !== '' && { pageToken }),
      };
      const { body } = await this.#service.call({ method: 'GET', path: '/o', query, signal });
      return JSON.parse(body.toString()) as Page;
    } catch (error) {
      throw gsError(error, `cannot list ${this.location}`, signal);
    }
  }

  async *#reading(
    { headers, body }: Answer,
    what: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array> {
    try {
      const expected = Number(headers['content-length']);
      yield* wholeBody(body, { expected, patience: this.#service.patience });
    } catch (error) {
      throw gsError(error, what, signal);
    }
  }
}

interface Page {
  readonly items?: readonly { readonly name: string; readonly size: string }[];
  readonly nextPageToken?: string;
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An empty range, or one past the end.
}
