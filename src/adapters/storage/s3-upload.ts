import { createHash } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { ClawbackError } from '../../ports/errors.ts';
import { again, fitsOnePart, sendInParts } from './blob-parts.ts';
import { isNotImplemented, isPassing } from './s3-errors.ts';

const MOST_PARTS = 10_000;

/** The SDK, which is loaded when a bucket is first opened. */
export type S3Sdk = typeof Sdk;

export interface S3Upload {
  readonly sdk: S3Sdk;
  readonly bucket: string;
  /** Name of the object. */
  readonly name: string;
  readonly body: Blob;
  /** True for a service of which nobody knows whether it honours `If-None-Match`. */
  readonly lookFirst: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Creates an object, never overwriting: by the condition of the put where the service has it. Where it has not, or not for
 * uploads in parts, the look before makes it nearly so, and the digest in the key makes the rest harmless.
 */
export async function upload(client: S3Client, task: S3Upload): Promise<void> {
  if (fitsOnePart(task.body)) await uploadWhole(client, task);
  else await uploadParts(client, task);
}

async function uploadWhole(client: S3Client, task: S3Upload): Promise<void> {
  const { sdk, bucket, name, signal } = task;
  const bytes = Buffer.from(await task.body.arrayBuffer());
  if (bytes.length !== task.body.size) throw new ClawbackError('FAILED', 'what is to be stored became shorter');
  const input = { Bucket: bucket, Key: name, Body: bytes, ContentMD5: md5(bytes) };
  const options = optionsOf(signal);
  if (task.lookFirst) await refuseExisting(client, task);
  try {
    await client.send(new sdk.PutObjectCommand({ ...input, IfNoneMatch: '*' }), options);
  } catch (error) {
    if (!isNotImplemented(error)) throw error;
    await refuseExisting(client, task);
    await client.send(new sdk.PutObjectCommand(input), options);
  }
}

async function uploadParts(client: S3Client, task: S3Upload): Promise<void> {
  const { sdk, bucket, name, signal } = task;
  const target = { Bucket: bucket, Key: name };
  await refuseExisting(client, task);
  const begin = () => client.send(new sdk.CreateMultipartUploadCommand(target), optionsOf(signal));
  const { UploadId } = await again(begin, isPassing, signal);
  try {
    const parts: { PartNumber: number; ETag: string | undefined }[] = [];
    await sendInParts(task.body, {
      most: MOST_PARTS,
      signal,
      isPassing,
      send: async ({ number, bytes }, stop) => {
        const part = new sdk.UploadPartCommand({
          ...target,
          UploadId,
          PartNumber: number,
          Body: bytes,
          ContentMD5: md5(bytes),
        });
        const { ETag } = await client.send(part, optionsOf(stop));
        parts.push({ PartNumber: number, ETag });
      },
    });
    const Parts = parts.sort((a, b) => a.PartNumber - b.PartNumber);
    const whole = { ...target, UploadId, MultipartUpload: { Parts }, IfNoneMatch: '*' };
    const end = () => client.send(new sdk.CompleteMultipartUploadCommand(whole), optionsOf(signal));
    await again(end, isPassing, signal);
  } catch (error) {
    // Parts that belong to no object are stored, and paid for, until somebody removes them.
    await client.send(new sdk.AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
    throw error;
  }
}

/** By a listing, since credentials that may only put and list cannot ask for the object itself. */
async function refuseExisting(client: S3Client, { sdk, bucket, name, signal }: S3Upload): Promise<void> {
  const look = new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: name, MaxKeys: 1 });
  const { Contents = [] } = await again(() => client.send(look, optionsOf(signal)), isPassing, signal);
  if (Contents.some(({ Key }) => Key === name)) throw new ClawbackError('EXISTS', `${name} is already there`);
}

/** What every service compares, and what buckets with object lock insist on. */
function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}

export function optionsOf(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
