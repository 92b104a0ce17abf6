import { type OssBucket } from './oss-bucket.ts';
import { OssError, xmlOf } from './oss-error.ts';

/** One page of ListObjectsV2, in the order of the keys' bytes: 100 objects unless more are asked for, never over 1000. */
export function listObjects(bucket: OssBucket, query: URLSearchParams): string {
  if (query.get('list-type') !== '2') throw new OssError(501, 'NotImplemented', 'Only ListObjectsV2 is served here.');
  const prefix = query.get('prefix') ?? '';
  const limit = Number(query.get('max-keys') ?? 100);
  if (!(limit >= 1 && limit <= 1000)) throw new OssError(400, 'InvalidArgument', 'max-keys must be 1 to 1000.');
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString();
  const keys = [...bucket.objects.keys()]
    .filter((key) => key.startsWith(prefix) && (after === '' || compare(key, after) > 0))
    .sort(compare);
  const page = keys.slice(0, limit);
  const isTruncated = page.length < keys.length;
  const contents = page.map((key) => {
    const { content, etag, modified } = bucket.find(key);
    const facts = {
      Key: key,
      LastModified: modified.toISOString(),
      ETag: `"${etag}"`,
      Type: 'Normal',
      Size: content.size,
    };
    return `<Contents>${xmlOf({ ...facts, StorageClass: 'Standard' })}</Contents>`;
  });
  const head = {
    Name: bucket.name,
    Prefix: prefix,
    MaxKeys: limit,
    IsTruncated: isTruncated,
    KeyCount: page.length,
    ...(isTruncated && { NextContinuationToken: Buffer.from(page.at(-1) ?? '').toString('base64') }),
  };
  return `<ListBucketResult>${xmlOf(head)}${contents.join('')}</ListBucketResult>`;
}

/** The uploads that are not finished. */
export function listUploads(bucket: OssBucket, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const uploads = [...bucket.uploads]
    .filter(([, { key }]) => key.startsWith(prefix))
    .map(([id, { key, initiated }]) => {
      return `<Upload>${xmlOf({ Key: key, UploadId: id, Initiated: initiated.toISOString() })}</Upload>`;
    });
  const head = xmlOf({ Bucket: bucket.name, IsTruncated: false });
  return `<ListMultipartUploadsResult>${head}${uploads.join('')}</ListMultipartUploadsResult>`;
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
