import type { ListMultipartUploadsCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { optionsOf, type S3Sdk } from './s3-upload.ts';

/** An upload in parts that was begun, and neither completed nor given up. */
export interface UnfinishedUpload {
  /** Name of the object that it was to become. */
  readonly name: string;
  readonly id: string;
}

interface Bucket {
  readonly sdk: S3Sdk;
  readonly bucket: string;
  readonly signal: AbortSignal | undefined;
}

/** The uploads to names with this prefix that were begun before a moment, by the clock of the service. */
export async function unfinishedUploads(
  client: S3Client,
  { sdk, bucket, prefix, before, signal }: Bucket & { readonly prefix: string; readonly before: Date },
): Promise<UnfinishedUpload[]> {
  const found: UnfinishedUpload[] = [];
  let next: { KeyMarker?: string; UploadIdMarker?: string } | null = {};
  while (next !== null) {
    const query = { Bucket: bucket, Prefix: prefix, ...next };
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new sdk.ListMultipartUploadsCommand(query),
      optionsOf(signal),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined || Initiated === undefined || Initiated >= before) continue;
      found.push({ name: Key, id: UploadId });
    }
    const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    next =
      IsTruncated === true && KeyMarker !== undefined
        ? { KeyMarker, ...(UploadIdMarker === undefined ? {} : { UploadIdMarker }) }
        : null;
  }
  return found;
}

/** Gives an upload up; that it has meanwhile ended, either way, is no error. */
export async function abortUpload(
  client: S3Client,
  { sdk, bucket, name, id, signal }: Bucket & UnfinishedUpload,
): Promise<void> {
  try {
    const upload = { Bucket: bucket, Key: name, UploadId: id };
    await client.send(new sdk.AbortMultipartUploadCommand(upload), optionsOf(signal));
  } catch (error) {
    if (!(error instanceof sdk.NoSuchUpload)) throw error;
  }
}
