import { isIP } from 'node:net';
import type OSS from 'ali-oss';
import { ClawbackError } from '../../ports/errors.ts';
import type {
  ByteRange,
  GetOptions,
  Storage,
  StoredObject,
  SweepOptions,
  TransferOptions,
} from '../../ports/storage.ts';
import { type BucketLocation, bucketLocation, keyOfName, objectName } from './bucket-location.ts';
import { endpointIn } from './endpoint.ts';
import { ossCredentials } from './oss-credentials.ts';
import { type OssAction, type OssAttempt, ossError } from './oss-errors.ts';
import { type OssContext, ossTransport } from './oss-transport.ts';
import { abortUpload, unfinishedUploads } from './oss-unfinished.ts';
import { upload } from './oss-upload.ts';
import type { Answer } from './patient-request.ts';
import { wholeBody } from './whole-body.ts';

const PATIENCE_MS = 60_000;
const PAGE = 1000;
const METADATA = 'http://100.100.100.200';

export interface OssHost {
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface OssOptions {
  /** Milliseconds that the service may owe an answer; default 60,000. */
  readonly patience?: number;
  /** Where an instance asks for the key of its role; default is the address of all instances. */
  readonly metadata?: string;
}

/**
 * A bucket of Alibaba Cloud OSS: `oss://bucket/prefix?region=cn-hangzhou`, or with `&endpoint=` for another way to that
 * region, such as its internal one. Credentials come from the environment, or from the role of the instance.
 *
 * @throws ClawbackError `CONFIG` if the URL is wrong, `DENIED` if there are no credentials.
 */
export async function ossStorage(
  url: URL,
  { env }: OssHost,
  { patience = PATIENCE_MS, metadata = METADATA }: OssOptions = {},
): Promise<Storage> {
  const at = bucketLocation(url, ['region', 'endpoint']);
  const region = at.options.get('region') ?? env['OSS_REGION'];
  if (region === undefined) {
    throw new ClawbackError('CONFIG', `no region in ${at.location}`, {
      hint: `say it: ${at.location}${url.search === '' ? '?' : '&'}region=cn-hangzhou`,
    });
  }
  const endpoint = endpointIn(at.options);
  const source = { env, metadata, patience };
  const credentials = await ossCredentials(source);
  const { default: Client } = await import('ali-oss');
  const client = new Client({
    ...credentials,
    // Asked every five minutes while the key is a temporary one.
    refreshSTSToken: async () => ({ stsToken: '', ...(await ossCredentials(source)) }),
    region: `oss-${region.replace(/^oss-/, '')}`,
    bucket: at.bucket,
    secure: true,
    authorizationV4: true,
    urllib: ossTransport(patience),
    sldEnable: endpoint !== null && isIP(new URL(endpoint).hostname) !== 0,
    ...(endpoint !== null && { endpoint }),
  });
  return new OssStorage(at, { client, patience });
}

class OssStorage implements Storage {
  readonly location: string;
  readonly #prefix: string;
  readonly #client: OSS;
  readonly #patience: number;

  constructor(
    { location, prefix }: BucketLocation,
    { client, patience }: { readonly client: OSS; readonly patience: number },
  ) {
    this.location = location;
    this.#prefix = prefix;
    this.#client = client;
    this.#patience = patience;
  }

  async put(key: string, body: Blob, { signal }: TransferOptions = {}): Promise<void> {
    try {
      await upload(this.#client, { name: objectName(this.#prefix, key), body, signal });
    } catch (error) {
      throw ossError(error, { what: `cannot store ${key} in ${this.location}`, action: 'oss:PutObject', signal });
    }
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    const attempt: OssAttempt = { what: `cannot read ${key} from ${this.location}`, action: 'oss:GetObject', signal };
    const ctx: OssContext = { signal };
    try {
      const name = objectName(this.#prefix, key);
      if (range !== undefined && range.start >= range.end) {
        await this.#client.head(name, { ctx });
        return nothing();
      }
      const { stream } = await this.#client.getStream(name, { headers: rangeHeaders(range), ctx });
      return this.#reading(stream as Answer, attempt);
    } catch (error) {
      if (isPastEnd(error)) return nothing();
      throw ossError(error, attempt);
    }
  }

  async *list(prefix: string, { signal }: TransferOptions = {}): AsyncGenerator<StoredObject> {
    let token: string | null = '';
    while (token !== null) {
      const { objects, nextContinuationToken } = await this.#page(prefix, token, signal);
      for (const { name, size } of objects) {
        const key = keyOfName(this.#prefix, name);
        if (key !== null) yield { key, size };
      }
      token = nextContinuationToken;
    }
  }

  async delete(key: string, { signal }: TransferOptions = {}): Promise<void> {
    try {
      await this.#client.delete(objectName(this.#prefix, key), { ctx: { signal } satisfies OssContext });
    } catch (error) {
      throw ossError(error, { what: `cannot delete ${key} from ${this.location}`, action: 'oss:DeleteObject', signal });
    }
  }

  async sweep(prefix: string, { before, signal }: SweepOptions): Promise<number> {
    let action: OssAction = 'oss:ListMultipartUploads';
    try {
      signal?.throwIfAborted();
      const found = await unfinishedUploads(this.#client, { prefix: `${this.#prefix}${prefix}`, before, signal });
      action = 'oss:AbortMultipartUpload';
      for (const unfinished of found) await abortUpload(this.#client, unfinished, signal);
      return found.length;
    } catch (error) {
      throw ossError(error, { what: `cannot clean up in ${this.location}`, action, signal });
    }
  }

  async #page(prefix: string, token: string, signal: AbortSignal | undefined): ReturnType<OSS['listV2']> {
    try {
      const query = {
        prefix: `${this.#prefix}${prefix}`,
        'max-keys': PAGE,
        ...(token !== '' && { 'continuation-token': token }),
      };
      return await this.#client.listV2(query, { ctx: { signal } satisfies OssContext });
    } catch (error) {
      throw ossError(error, { what: `cannot list ${this.location}`, action: 'oss:ListObjects', signal });
    }
  }

  async *#reading({ headers, body }: Answer, attempt: OssAttempt): AsyncGenerator<Uint8Array> {
    try {
      const expected = Number(headers['content-length']);
      yield* wholeBody(body, { expected, patience: this.#patience });
    } catch (error) {
      throw ossError(error, attempt);
    }
  }
}

/** Without the second header, a range that reaches past the end is answered with the whole object. */
function rangeHeaders(range: ByteRange | undefined): Readonly<Record<string, string>> {
  if (range === undefined) return {};
  return { range: `bytes=${range.start}-${range.end - 1}`, 'x-oss-range-behavior': 'standard' };
}

function isPastEnd(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 416;
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An empty range, or one past the end.
}
