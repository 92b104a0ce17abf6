import { setTimeout as sleep } from 'node:timers/promises';
import { ClawbackError } from '../../ports/errors.ts';
import { crc32c, crc32cText } from './crc32c.ts';
import { GsRefusal } from './gs-errors.ts';
import type { GsService } from './gs-service.ts';
import type { Reply } from './patient-request.ts';

/** Bytes of one request; Google advises at least 8 MiB, and demands a multiple of 256 KiB. */
const PART = 8 * 1024 * 1024;
/** How often a part is sent again, when nothing of it arrives, before the upload is given up. */
const RETRIES = 3;

interface Upload {
  readonly name: string;
  readonly body: Blob;
  readonly signal: AbortSignal | undefined;
}

/** No object of that name may be there: generation 0 is that of what does not exist. */
const NEW = { ifGenerationMatch: '0' };

/** Creates an object with its checksum, which the service compares before it shows the object to anyone. */
export async function upload(service: GsService, what: Upload): Promise<void> {
  await (what.body.size <= PART ? uploadAtOnce(service, what) : uploadInParts(service, what));
}

async function uploadAtOnce(service: GsService, { name, body, signal }: Upload): Promise<void> {
  const bytes = await body.bytes();
  const boundary = `clawback-${crypto.randomUUID()}`;
  const resource = JSON.stringify({ name, crc32c: crc32cText(crc32c(bytes)) });
  const related = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Type: application/json\r\n\r\n${resource}\r\n`),
    Buffer.from(`--${boundary}\r\nContent-Type: application/octet-stream\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  await service.upload({
    method: 'POST',
    path: '/o',
    query: { uploadType: 'multipart', ...NEW },
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body: related,
    signal,
  });
}

async function uploadInParts(service: GsService, { name, body, signal }: Upload): Promise<void> {
  const start = await service.upload({
    method: 'POST',
    path: '/o',
    query: { uploadType: 'resumable', name, ...NEW },
    headers: { 'x-upload-content-length': String(body.size), 'x-upload-content-type': 'application/octet-stream' },
    signal,
  });
  const session = new URL(start.headers['location'] ?? '');
  try {
    await sendParts(service, session, { body, signal });
  } catch (error) {
    // What was sent is shown to nobody and costs nothing, and Google forgets it in a week; this forgets it now.
    await service.part(session, { method: 'DELETE', signal: undefined }).catch(() => undefined);
    throw error;
  }
}

async function sendParts(
  service: GsService,
  session: URL,
  { body, signal }: Pick<Upload, 'body' | 'signal'>,
): Promise<void> {
  let crc = 0;
  let hashed = 0;
  let stored = 0;
  let failures = 0;
  while (stored < body.size) {
    const before = stored;
    const bytes = new Uint8Array(await body.slice(before, before + PART).arrayBuffer());
    const end = before + bytes.length;
    if (end === before) throw new ClawbackError('FAILED', 'what is to be stored became shorter');
    if (end > hashed) {
      crc = crc32c(bytes.subarray(hashed - before), crc);
      hashed = end;
    }
    const headers = {
      'content-range': `bytes ${before}-${end - 1}/${body.size}`,
      ...(end === body.size && { 'x-goog-hash': `crc32c=${crc32cText(crc)}` }),
    };
    try {
      stored = storedOf(await service.part(session, { method: 'PUT', headers, body: bytes, signal }), body.size);
    } catch (error) {
      if (!isPassing(error) || failures === RETRIES) throw error;
      await sleep(2 ** failures * 300 * (0.5 + Math.random()), undefined, { signal });
      stored = await askStored(service, session, { body, signal }).catch(() => before);
    }
    failures = stored > before ? 0 : failures + 1;
    if (failures > RETRIES) throw new ClawbackError('UNAVAILABLE', 'the service takes no more of the upload');
  }
}

async function askStored(
  service: GsService,
  session: URL,
  { body, signal }: Pick<Upload, 'body' | 'signal'>,
): Promise<number> {
  const headers = { 'content-range': `bytes */${body.size}` };
  return storedOf(await service.part(session, { method: 'PUT', headers, signal }), body.size);
}

/** How many bytes the service has: it may take less than it was sent. */
function storedOf({ status, headers }: Reply, size: number): number {
  if (status !== 308) return size;
  const last = /^bytes=0-(\d+)$/.exec(headers['range'] ?? '')?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}

function isPassing(error: unknown): boolean {
  if (error instanceof GsRefusal) return error.status >= 500 || error.status === 408 || error.status === 429;
  return error instanceof ClawbackError && error.code === 'UNAVAILABLE';
}
