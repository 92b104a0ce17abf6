import type { OssBucket } from './oss-bucket.ts';
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

/**
 * One page of the uploads that are not finished, by key and then by id: what comes after both markers, or after all uploads of
 * the first one if it stands alone. https://www.alibabacloud.com/help/en/oss/developer-reference/listmultipartuploads
 */
export function listUploads(bucket: OssBucket, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const limit = Number(query.get('max-uploads') ?? 1000);
  if (!(limit >= 1 && limit <= 1000)) throw new OssError(400, 'InvalidArgument', 'max-uploads must be 1 to 1000.');
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker')];
  const isAfter = (key: string, id: string): boolean => {
    const order = compare(key, keyMarker);
    return keyMarker === '' || order > 0 || (order === 0 && idMarker !== null && compare(id, idMarker) > 0);
  };
  const found = [...bucket.uploads]
    .filter(([id, { key }]) => key.startsWith(prefix) && isAfter(key, id))
    .sort(([idA, a], [idB, b]) => compare(a.key, b.key) || compare(idA, idB));
  const page = found.slice(0, limit);
  const [lastId, last] = page.at(-1) ?? [];
  const uploads = page.map(([id, { key, initiated }]) => {
    return `<Upload>${xmlOf({ Key: key, UploadId: id, Initiated: initiated.toISOString() })}</Upload>`;
  });
  const head = xmlOf({
    Bucket: bucket.name,
    IsTruncated: page.length < found.length,
    ...(last !== undefined && lastId !== undefined && { NextKeyMarker: last.key, NextUploadIdMarker: lastId }),
  });
  return `<ListMultipartUploadsResult>${head}${uploads.join('')}</ListMultipartUploadsResult>`;
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
