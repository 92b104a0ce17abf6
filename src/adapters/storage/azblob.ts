import type { Readable } from 'node:stream';
import type { ContainerClient } from '@azure/storage-blob';
import { ClawbackError } from '../../ports/errors.ts';
import type { GetOptions, Storage, StoredObject, SweepOptions, TransferOptions } from '../../ports/storage.ts';
import { azblobClient } from './azblob-credentials.ts';
import { type AzblobAttempt, azblobError, isLoss, isMissingBlob, isPastEnd } from './azblob-errors.ts';
import { upload } from './azblob-upload.ts';
import { type BucketLocation, bucketLocation, keyOfName, objectName } from './bucket-location.ts';
import { endpointIn } from './endpoint.ts';
import { bounded, patiently } from './patience.ts';
import { wholeBody } from './whole-body.ts';

const PATIENCE_MS = 60_000;
const PAGE = 1000;
const METADATA = 'http://169.254.169.254';

export interface AzblobHost {
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface AzblobOptions {
  /** Milliseconds that the service may owe an answer; default 60,000. */
  readonly patience?: number;
  /** Where a machine asks for a token of its managed identity; default is the address of all machines. */
  readonly metadata?: string;
}

/**
 * A container of Azure Blob Storage: `azblob://container/prefix`, with `?account=` unless the environment names it, and
 * `?endpoint=` for an account outside Azure's public cloud.
 *
 * @throws ClawbackError `CONFIG` if the URL is wrong.
 */
export async function azblobStorage(
  url: URL,
  { env }: AzblobHost,
  { patience = PATIENCE_MS, metadata = METADATA }: AzblobOptions = {},
): Promise<Storage> {
  const at = bucketLocation(url, ['account', 'endpoint']);
  const account = at.options.get('account');
  const named = { env, account, endpoint: endpointIn(at.options), metadata, patience };
  // Parts and whole calls are tried again by those who know how often; the SDK's own tries would multiply theirs.
  const client = await azblobClient(named, { retryOptions: { maxTries: 1 } });
  return new AzblobStorage(at, { container: client.getContainerClient(at.bucket), patience });
}

class AzblobStorage implements Storage {
  readonly location: string;
  readonly #prefix: string;
  readonly #container: ContainerClient;
  readonly #patience: number;

  constructor(
    { location, prefix }: BucketLocation,
    { container, patience }: { readonly container: ContainerClient; readonly patience: number },
  ) {
    this.location = location;
    this.#prefix = prefix;
    this.#container = container;
    this.#patience = patience;
  }

  async put(key: string, body: Blob, { signal }: TransferOptions = {}): Promise<void> {
    try {
      const blob = this.#container.getBlockBlobClient(objectName(this.#prefix, key));
      await upload(blob, { body, signal, patience: this.#patience });
    } catch (error) {
      throw azblobError(error, {
        what: `cannot store ${key} in ${this.location}`,
        permission: 'create and write',
        signal,
      });
    }
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    const attempt: AzblobAttempt = { what: `cannot read ${key} from ${this.location}`, permission: 'read', signal };
    try {
      const blob = this.#container.getBlobClient(objectName(this.#prefix, key));
      if (range !== undefined && range.start >= range.end) {
        await bounded(this.#patience, signal, (abortSignal) => blob.getProperties({ abortSignal }));
        return nothing();
      }
      const { start, end } = range ?? { start: 0, end: undefined };
      const response = await bounded(this.#patience, signal, (abortSignal) =>
        blob.download(start, end === undefined ? undefined : end - start, { abortSignal }),
      );
      return reading(response.readableStreamBody as Readable, {
        expected: response.contentLength ?? 0,
        patience: this.#patience,
        attempt,
      });
    } catch (error) {
      if (isPastEnd(error)) return nothing();
      throw azblobError(error, attempt);
    }
  }

  async *list(prefix: string, { signal }: TransferOptions = {}): AsyncGenerator<StoredObject> {
    try {
      signal?.throwIfAborted();
      const wanted = { prefix: `${this.#prefix}${prefix}`, ...(signal !== undefined && { abortSignal: signal }) };
      const pages = this.#container.listBlobsFlat(wanted).byPage({ maxPageSize: PAGE });
      for (;;) {
        const page = await patiently(pages.next(), this.#patience);
        if (page.done === true) return;
        for (const { name, properties } of page.value.segment.blobItems) {
          const key = keyOfName(this.#prefix, name);
          if (key !== null) yield { key, size: properties.contentLength ?? 0 };
        }
      }
    } catch (error) {
      throw azblobError(error, { what: `cannot list ${this.location}`, permission: 'list', signal });
    }
  }

  async delete(key: string, { signal }: TransferOptions = {}): Promise<void> {
    try {
      const blob = this.#container.getBlobClient(objectName(this.#prefix, key));
      await bounded(this.#patience, signal, (abortSignal) => blob.delete({ abortSignal }));
    } catch (error) {
      if (isMissingBlob(error)) return;
      throw azblobError(error, { what: `cannot delete ${key} from ${this.location}`, permission: 'delete', signal });
    }
  }

  /** Azure drops blocks that nobody commits after a week, and lets nobody else do it. */
  sweep(_prefix: string, { signal }: SweepOptions): Promise<number> {
    return Promise.try(() => {
      if (signal?.aborted === true) throw new ClawbackError('ABORTED', 'interrupted');
      return 0;
    });
  }
}

async function* reading(
  body: Readable,
  {
    expected,
    patience,
    attempt,
  }: { readonly expected: number; readonly patience: number; readonly attempt: AzblobAttempt },
): AsyncGenerator<Uint8Array> {
  try {
    yield* wholeBody(body, { expected, patience });
  } catch (error) {
    // The SDK has asked again, several times, for what was missing.
    throw azblobError(isLoss(error) ? new ClawbackError('UNAVAILABLE', 'lost the connection') : error, attempt);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An empty range, or one past the end.
}
