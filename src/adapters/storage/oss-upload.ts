import { createHash } from 'node:crypto';
import type OSS from 'ali-oss';
import { fitsOnePart, sendInParts } from './blob-parts.ts';
import { isPassing } from './oss-errors.ts';
import type { OssContext } from './oss-transport.ts';

const MOST_PARTS = 10_000;

interface Upload {
  readonly name: string;
  readonly body: Blob;
  readonly signal: AbortSignal | undefined;
}

/** Does nothing in a bucket with versions; there, an object that is put twice has two, of the same bytes. */
const NEW = { 'x-oss-forbid-overwrite': 'true' };

/** Creates an object; the service compares the digest of all that it is sent. */
export async function upload(client: OSS, { name, body, signal }: Upload): Promise<void> {
  const ctx: OssContext = { signal };
  if (fitsOnePart(body)) {
    await client.put(name, Buffer.from(await body.arrayBuffer()), { headers: NEW, ctx });
    return;
  }
  const { uploadId } = await client.initMultipartUpload(name, { headers: NEW, ctx });
  try {
    const parts: { number: number; etag: string }[] = [];
    await sendInParts(body, {
      most: MOST_PARTS,
      signal,
      isPassing,
      send: async ({ number, bytes }, stop) => {
        const headers = { 'Content-MD5': createHash('md5').update(bytes).digest('base64') };
        const options = { headers, ctx: { signal: stop } satisfies OssContext };
        const { etag } = await client.uploadPart(name, uploadId, number, bytes, 0, bytes.length, options);
        parts.push({ number, etag });
      },
    });
    await client.completeMultipartUpload(name, uploadId, parts, { headers: NEW, ctx });
  } catch (error) {
    // Parts that belong to no object are stored, and paid for, until somebody removes them.
    await client.abortMultipartUpload(name, uploadId, { ctx: { signal: undefined } }).catch(() => undefined);
    throw error;
  }
}
