import type { IncomingMessage } from 'node:http';
import { bodyOf, sendBlob } from './http-bodies.ts';
import { type Exchange, loopback, type Loopback } from './loopback.ts';
import { OssBucket } from './oss-bucket.ts';
import { OssError, sendOssError, sendXml, xmlOf } from './oss-error.ts';
import { listObjects, listUploads } from './oss-list.ts';
import { checkSignature, type OssKey } from './oss-signature.ts';

export const OSS_REGION = 'cn-hangzhou';

export type OssAction =
  | 'oss:AbortMultipartUpload'
  | 'oss:DeleteObject'
  | 'oss:GetObject'
  | 'oss:ListMultipartUploads'
  | 'oss:ListObjects'
  | 'oss:PutObject';

export interface Oss extends Loopback {
  readonly buckets: Map<string, OssBucket>;
  makeBucket(name: string): OssBucket;
  /** Milliseconds that the service's clock is ahead of this one. */
  readonly clock: { ahead: number };
  /** A key that may do these things, or everything. */
  key(actions?: readonly OssAction[], options?: { readonly token?: string }): OssKey;
}

/**
 * A fixture of Alibaba Cloud OSS as Alibaba Cloud documents it; not its code. It checks V4 signatures, permissions, digests,
 * ranges, forbidden overwrites and the sizes of parts. The bucket is the first name of the path, because the host is an address.
 */
export async function startOss(): Promise<Oss> {
  const buckets = new Map<string, OssBucket>();
  const keys = new Map<OssKey, readonly OssAction[] | undefined>();
  const clock = { ahead: 0 };
  const server = await loopback(async (exchange) => {
    try {
      await serve(exchange, { buckets, keys, clock });
    } catch (error) {
      if (!(error instanceof OssError)) throw error;
      exchange.request.resume();
      sendOssError(exchange.request, exchange.response, error);
    }
  });
  return {
    ...server,
    buckets,
    clock,
    makeBucket(name) {
      const bucket = new OssBucket(name);
      buckets.set(name, bucket);
      return bucket;
    },
    key(actions, { token } = {}) {
      const key = {
        id: `LTAI${crypto.randomUUID().slice(0, 8)}`,
        secret: crypto.randomUUID(),
        ...(token !== undefined && { token }),
      };
      keys.set(key, actions);
      return key;
    },
  };
}

interface Place {
  readonly bucket: OssBucket;
  readonly key: string;
  readonly demand: (action: OssAction) => void;
}

async function serve(
  exchange: Exchange,
  known: {
    readonly buckets: ReadonlyMap<string, OssBucket>;
    readonly keys: ReadonlyMap<OssKey, readonly OssAction[] | undefined>;
    readonly clock: { readonly ahead: number };
  },
): Promise<void> {
  const { request, url } = exchange;
  const [, bucketName = '', ...names] = url.pathname.split('/').map(decodeURIComponent);
  const key = names.join('/');
  const service = { region: OSS_REGION, now: Date.now() + known.clock.ahead, keys: [...known.keys.keys()] };
  const signer = checkSignature(request, { bucket: bucketName, key }, service);
  const bucket = known.buckets.get(bucketName);
  if (bucket === undefined) {
    throw new OssError(404, 'NoSuchBucket', 'The specified bucket does not exist.', { BucketName: bucketName });
  }
  const allowed = known.keys.get(signer);
  const demand = (action: OssAction): void => {
    if (allowed?.includes(action) !== false) return;
    const message = 'You have no right to access this object because of bucket acl.';
    throw new OssError(403, 'AccessDenied', message, { EC: '0003-00000001' });
  };
  const place = { bucket, key, demand };
  if (key === '') serveBucket(exchange, place);
  else if (url.searchParams.has('uploads') || url.searchParams.has('uploadId')) await serveUpload(exchange, place);
  else await serveObject(exchange, place);
}

function serveBucket({ request, response, url }: Exchange, { bucket, demand }: Place): void {
  if (request.method !== 'GET') throw new OssError(405, 'MethodNotAllowed', 'Not served here.');
  const isUploads = url.searchParams.has('uploads');
  demand(isUploads ? 'oss:ListMultipartUploads' : 'oss:ListObjects');
  sendXml(response, isUploads ? listUploads(bucket, url.searchParams) : listObjects(bucket, url.searchParams));
}

async function serveUpload(exchange: Exchange, { bucket, key, demand }: Place): Promise<void> {
  const { request, response, url } = exchange;
  const { headers } = request;
  const body = await bodyOf(request);
  const id = url.searchParams.get('uploadId');
  demand(request.method === 'DELETE' ? 'oss:AbortMultipartUpload' : 'oss:PutObject');
  if (id === null) {
    bucket.checkAbsent(key, headers);
    const result = xmlOf({ Bucket: bucket.name, Key: key, UploadId: bucket.begin(key) });
    sendXml(response, `<InitiateMultipartUploadResult>${result}</InitiateMultipartUploadResult>`);
    return;
  }
  const upload = bucket.upload(key, id);
  if (request.method === 'PUT') {
    const part = bucket.putPart(upload, { number: Number(url.searchParams.get('partNumber')), body }, headers);
    response.writeHead(200, { etag: `"${part.etag}"`, 'content-length': 0 }).end();
  } else if (request.method === 'DELETE') {
    bucket.uploads.delete(id);
    response.writeHead(204).end();
  } else if (request.method === 'POST') {
    const parts = body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>\s*<ETag>(?:"|&quot;)?([0-9A-F]+)/g);
    const wanted = Array.from(parts, ([, number, etag = '']) => ({ number: Number(number), etag }));
    const { etag } = bucket.complete(id, key, { wanted, headers });
    const result = xmlOf({ Bucket: bucket.name, Key: key, ETag: `"${etag}"` });
    sendXml(response, `<CompleteMultipartUploadResult>${result}</CompleteMultipartUploadResult>`, {
      etag: `"${etag}"`,
    });
  } else throw new OssError(405, 'MethodNotAllowed', 'Not served here.');
}

async function serveObject(exchange: Exchange, { bucket, key, demand }: Place): Promise<void> {
  const { request, response } = exchange;
  switch (request.method) {
    case 'PUT': {
      const body = await bodyOf(request);
      demand('oss:PutObject');
      const { etag } = bucket.put(key, body, request.headers);
      response.writeHead(200, { etag: `"${etag}"`, 'content-length': 0 }).end();
      return;
    }
    case 'DELETE':
      demand('oss:DeleteObject');
      bucket.objects.delete(key);
      response.writeHead(204).end();
      return;
    case 'GET':
    case 'HEAD': {
      demand('oss:GetObject');
      const { content, etag, modified } = bucket.find(key);
      const headers = { etag: `"${etag}"`, 'last-modified': modified.toUTCString(), 'x-oss-object-type': 'Normal' };
      if (isLax(request, content.size)) delete request.headers.range;
      if (request.method === 'GET') return sendBlob(exchange, content, headers);
      response.writeHead(200, { ...headers, 'content-length': content.size }).end();
      return;
    }
    default:
      throw new OssError(405, 'MethodNotAllowed', 'Not served here.');
  }
}

/**
 * OSS answers a range that reaches past the end with the whole object, unless asked to keep to the standard.
 * https://www.alibabacloud.com/help/en/oss/developer-reference/getobject
 */
function isLax({ headers }: IncomingMessage, size: number): boolean {
  const last = /^bytes=\d+-(\d+)$/.exec(headers.range ?? '')?.[1];
  return headers['x-oss-range-behavior'] !== 'standard' && last !== undefined && Number(last) >= size;
}
