import type OSS from 'ali-oss';
import type { UploadListing } from 'ali-oss';
import type { OssContext } from './oss-transport.ts';

const PAGE = 1000;

/** An upload in parts that was begun, and neither completed nor given up. */
export interface UnfinishedUpload {
  /** Name of the object that it was to become. */
  readonly name: string;
  readonly uploadId: string;
}

/** The uploads to names with this prefix that were begun before a moment, by the clock of the service. */
export async function unfinishedUploads(
  client: OSS,
  {
    prefix,
    before,
    signal,
  }: { readonly prefix: string; readonly before: Date; readonly signal: AbortSignal | undefined },
): Promise<UnfinishedUpload[]> {
  const ctx: OssContext = { signal };
  const found: UnfinishedUpload[] = [];
  let next: { 'key-marker'?: string; 'upload-id-marker'?: string } | null = {};
  while (next !== null) {
    const page: UploadListing = await client.listUploads({ prefix, 'max-uploads': PAGE, ...next }, { ctx });
    found.push(...page.uploads.filter(({ initiated }) => new Date(initiated) < before));
    const { isTruncated, nextKeyMarker, nextUploadIdMarker } = page;
    next =
      isTruncated && nextKeyMarker !== undefined
        ? {
            'key-marker': nextKeyMarker,
            ...(nextUploadIdMarker !== undefined && { 'upload-id-marker': nextUploadIdMarker }),
          }
        : null;
  }
  return found;
}

/** Gives an upload up; that it has meanwhile ended, either way, is no error. */
export async function abortUpload(
  client: OSS,
  { name, uploadId }: UnfinishedUpload,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ctx: OssContext = { signal };
  try {
    await client.abortMultipartUpload(name, uploadId, { ctx });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'NoSuchUpload')) throw error;
  }
}
