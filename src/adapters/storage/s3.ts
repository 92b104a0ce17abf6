import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ClawbackError } from '../../ports/errors.ts';
import type {
  ByteRange,
  GetOptions,
  Storage,
  StoredObject,
  SweepOptions,
  TransferOptions,
} from '../../ports/storage.ts';
import { type BucketLocation, bucketLocation, keyOfName, objectName } from './bucket-location.ts';
import { PATIENCE_MS, s3Client, type S3Options } from './s3-client.ts';
import { isPastEnd, type S3Action, s3Error } from './s3-errors.ts';
import { wholeBody } from './whole-body.ts';

/**
 * A bucket of AWS S3, or of any service that speaks its protocol: `s3://bucket/prefix?region=eu-central-1`, with
 * `&endpoint=https://…` for the others, and `&pathStyle=true|false` where they want it otherwise than is usual for them.
 * Credentials come from the SDK's own chain.
 *
 * @throws ClawbackError `CONFIG` if the URL is wrong.
 */
export async function s3Storage(url: URL, options: S3Options = {}): Promise<Storage> {
  const at = bucketLocation(url, ['region', 'endpoint', 'pathStyle']);
  return s3Bucket(at, await s3Client(at, options), { lookFirst: false, ...options });
}

/** The storage in one bucket, whatever service it is of. */
export async function s3Bucket(
  at: BucketLocation,
  client: S3Client,
  { lookFirst, patience = PATIENCE_MS }: { readonly lookFirst: boolean; readonly patience?: number },
): Promise<Storage> {
  const [sdk, { optionsOf, upload }, { abortUpload, unfinishedUploads }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('./s3-upload.ts'),
    import('./s3-unfinished.ts'),
  ]);
  const { bucket, prefix, location } = at;
  const failure = (error: unknown, what: string, needs: { action: S3Action; signal: AbortSignal | undefined }) =>
    s3Error(error, { what: `cannot ${what} ${location}`, ...needs });

  return {
    location,

    async put(key: string, body: Blob, { signal }: TransferOptions = {}) {
      try {
        signal?.throwIfAborted();
        await upload(client, { sdk, bucket, name: objectName(prefix, key), body, lookFirst, signal });
      } catch (error) {
        throw failure(error, `store ${key} in`, { action: 's3:PutObject', signal });
      }
    },

    async get(key: string, { range, signal }: GetOptions = {}) {
      const needs = { action: 's3:GetObject', signal } as const;
      try {
        const target = { Bucket: bucket, Key: objectName(prefix, key) };
        if (range !== undefined && range.start >= range.end) {
          await client.send(new sdk.HeadObjectCommand(target), optionsOf(signal));
          return nothing();
        }
        const Range = rangeHeader(range);
        const answer = await client.send(new sdk.GetObjectCommand({ ...target, ...Range }), optionsOf(signal));
        const body = wholeBody(answer.Body as Readable, { expected: answer.ContentLength ?? 0, patience });
        return translated(body, (error) => failure(error, `read ${key} from`, needs));
      } catch (error) {
        if (isPastEnd(error)) return nothing();
        throw failure(error, `read ${key} from`, needs);
      }
    },

    async *list(wanted: string, { signal }: TransferOptions = {}): AsyncGenerator<StoredObject> {
      let token: string | undefined;
      do {
        try {
          const query = { Bucket: bucket, Prefix: `${prefix}${wanted}`, ContinuationToken: token };
          const page = await client.send(new sdk.ListObjectsV2Command(query), optionsOf(signal));
          token = page.NextContinuationToken;
          for (const { Key = '', Size = 0 } of page.Contents ?? []) {
            const key = keyOfName(prefix, Key);
            if (key !== null) yield { key, size: Size };
          }
        } catch (error) {
          throw failure(error, 'list', { action: 's3:ListBucket', signal });
        }
      } while (token !== undefined);
    },

    async delete(key: string, { signal }: TransferOptions = {}) {
      try {
        const target = { Bucket: bucket, Key: objectName(prefix, key) };
        await client.send(new sdk.DeleteObjectCommand(target), optionsOf(signal));
      } catch (error) {
        throw failure(error, `delete ${key} from`, { action: 's3:DeleteObject', signal });
      }
    },

    async sweep(wanted: string, { before, signal }: SweepOptions) {
      let action: S3Action = 's3:ListBucketMultipartUploads';
      try {
        signal?.throwIfAborted();
        const found = await unfinishedUploads(client, { sdk, bucket, prefix: `${prefix}${wanted}`, before, signal });
        action = 's3:AbortMultipartUpload';
        for (const unfinished of found) await abortUpload(client, { sdk, bucket, signal, ...unfinished });
        return found.length;
      } catch (error) {
        throw failure(error, 'clean up in', { action, signal });
      }
    },
  };
}

function rangeHeader(range: ByteRange | undefined): { Range?: string } {
  return range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` };
}

async function* translated(
  body: AsyncIterable<Uint8Array>,
  failure: (error: unknown) => ClawbackError,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw failure(error);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An empty range, or one past the end.
}
