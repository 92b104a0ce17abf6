import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { OssError } from './oss-error.ts';

/** Bytes; every part of a multipart upload but the last is at least this long. */
const SMALLEST_PART = 100 * 1024;
const MOST_PARTS = 10_000;

export interface OssObject {
  readonly content: Blob;
  readonly etag: string;
  readonly modified: Date;
}

interface OssUpload {
  readonly key: string;
  readonly initiated: Date;
  readonly parts: Map<number, OssObject>;
}

/** The objects of one bucket, and its uploads that are not finished. */
export class OssBucket {
  readonly name: string;
  readonly objects = new Map<string, OssObject>();
  readonly uploads = new Map<string, OssUpload>();

  constructor(name: string) {
    this.name = name;
  }

  checkAbsent(key: string, headers: IncomingHttpHeaders): void {
    if (headers['x-oss-forbid-overwrite'] !== 'true' || !this.objects.has(key)) return;
    const message = 'The object you specified already exists and can not be overwritten.';
    throw new OssError(409, 'FileAlreadyExists', message, { Key: key });
  }

  put(key: string, body: Buffer, headers: IncomingHttpHeaders): OssObject {
    this.checkAbsent(key, headers);
    const object = received(body, headers);
    this.objects.set(key, object);
    return object;
  }

  find(key: string): OssObject {
    const object = this.objects.get(key);
    if (object === undefined) throw new OssError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
    return object;
  }

  begin(key: string): string {
    const id = randomBytes(16).toString('hex').toUpperCase();
    this.uploads.set(id, { key, initiated: new Date(), parts: new Map() });
    return id;
  }

  upload(key: string, id: string): OssUpload {
    const upload = this.uploads.get(id);
    if (upload?.key === key) return upload;
    throw new OssError(404, 'NoSuchUpload', 'The specified upload does not exist.', { UploadId: id });
  }

  putPart(
    upload: OssUpload,
    { number, body }: { readonly number: number; readonly body: Buffer },
    headers: IncomingHttpHeaders,
  ): OssObject {
    if (!(number >= 1 && number <= MOST_PARTS))
      throw new OssError(400, 'InvalidArgument', 'Part number must be 1 to 10000.');
    const part = received(body, headers);
    upload.parts.set(number, part);
    return part;
  }

  /** Joins the parts that the client names, by number and ETag, in that order. */
  complete(id: string, key: string, { wanted, headers }: Completion): OssObject {
    const upload = this.upload(key, id);
    this.checkAbsent(key, headers);
    const parts = wanted.map(({ number, etag }, index) => {
      if (number <= (wanted[index - 1]?.number ?? 0))
        throw new OssError(400, 'InvalidPartOrder', 'The parts are not in order.');
      const part = upload.parts.get(number);
      if (part?.etag !== etag)
        throw new OssError(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
      if (index < wanted.length - 1 && part.content.size < SMALLEST_PART) {
        throw new OssError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size.');
      }
      return part;
    });
    const digest = createHash('md5')
      .update(parts.map(({ etag }) => etag).join(''))
      .digest('hex')
      .toUpperCase();
    const object = {
      content: new Blob(parts.map(({ content }) => content)),
      etag: `${digest}-${parts.length}`,
      modified: new Date(),
    };
    this.objects.set(key, object);
    this.uploads.delete(id);
    return object;
  }
}

export interface Completion {
  readonly wanted: readonly { readonly number: number; readonly etag: string }[];
  readonly headers: IncomingHttpHeaders;
}

function received(body: Buffer, headers: IncomingHttpHeaders): OssObject {
  const digest = createHash('md5').update(body).digest();
  const claimed = headers['content-md5'];
  if (claimed !== undefined && claimed !== digest.toString('base64')) {
    throw new OssError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  return {
    content: new Blob([body]),
    etag: digest.toString('hex').toUpperCase(),
    modified: new Date(),
  };
}
