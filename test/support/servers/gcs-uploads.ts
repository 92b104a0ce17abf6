import { randomUUID } from 'node:crypto';
import type { GcsPermission } from './gcs-access.ts';
import type { GcsBucket, GcsClaims, GcsInsert } from './gcs-bucket.ts';
import { GcsError, sendJson } from './gcs-error.ts';
import { parseRelated } from './gcs-related.ts';
import { bodyOf } from './http-bodies.ts';
import type { Exchange } from './loopback.ts';

/** Bytes; every part of a resumable upload but the last is a multiple of this. */
const QUANTUM = 256 * 1024;

interface Session {
  readonly bucket: GcsBucket;
  readonly insert: GcsInsert;
  readonly pieces: Buffer[];
  /** The object's resource, once it is complete. */
  done: unknown;
}

/** `objects.insert`: simple, multipart and resumable. */
export class GcsUploads {
  readonly #sessions = new Map<string, Session>();
  readonly #origin: () => string;
  readonly #buckets: ReadonlyMap<string, GcsBucket>;

  constructor(origin: () => string, buckets: ReadonlyMap<string, GcsBucket>) {
    this.#origin = origin;
    this.#buckets = buckets;
  }

  /** How many resumable uploads were started and neither finished nor given up. */
  get unfinished(): number {
    return [...this.#sessions.values()].filter(({ done }) => done === undefined).length;
  }

  async insert(exchange: Exchange, bucket: GcsBucket, permissions: ReadonlySet<GcsPermission>): Promise<void> {
    const { request, response, url } = exchange;
    const query = url.searchParams;
    const type = query.get('uploadType');
    const body = await bodyOf(request);
    const contentType = request.headers['content-type'] ?? '';
    if (type === 'resumable') {
      const claims = JSON.parse(body.toString() || '{}') as GcsClaims;
      const insert = { key: query.get('name') ?? claims.name ?? '', claims, query, permissions };
      bucket.checkInsert(insert);
      const id = randomUUID();
      this.#sessions.set(id, { bucket, insert, pieces: [], done: undefined });
      const location = `${this.#origin()}${url.pathname}?uploadType=resumable&upload_id=${id}`;
      response.writeHead(200, { location, 'content-length': 0 }).end();
      return;
    }
    if (type !== 'media' && type !== 'multipart') throw new GcsError(400, 'badRequest', 'Unknown uploadType.');
    const { claims, content } =
      type === 'media' ? { claims: { contentType } as GcsClaims, content: body } : parseRelated(body, contentType);
    const key = query.get('name') ?? claims.name ?? '';
    sendJson(response, bucket.insert({ key, claims, query, permissions }, [content]).resource);
  }

  /** A request to the session's own address, which is all the authority that it needs. */
  async resume({ request, response, url }: Exchange): Promise<void> {
    const id = url.searchParams.get('upload_id') ?? '';
    const session = this.#sessions.get(id);
    const body = await bodyOf(request);
    if (session === undefined) throw new GcsError(404, 'notFound', 'Upload session not found.');
    if (request.method === 'DELETE') {
      this.#sessions.delete(id);
      response.writeHead(499, { 'content-length': 0 }).end();
      return;
    }
    if (this.#buckets.get(session.bucket.name) !== session.bucket) {
      throw new GcsError(404, 'notFound', 'The specified bucket does not exist.');
    }
    if (session.done === undefined && !take(session, body, request.headers)) {
      const size = sizeOf(session.pieces);
      // Go's clients cannot see a 308: they ask for a 200 with the status in a header.
      const hidden = request.headers['x-guploader-no-308'] === 'yes';
      response.writeHead(hidden ? 200 : 308, {
        'content-length': 0,
        ...(hidden && { 'x-http-status-code-override': '308' }),
        ...(size > 0 && { range: `bytes=0-${size - 1}` }),
      });
      response.end();
      return;
    }
    sendJson(response, session.done);
  }
}

/** Takes one part; true when the object is complete. */
function take(session: Session, body: Buffer, headers: NodeJS.Dict<string | string[]>): boolean {
  const stored = sizeOf(session.pieces);
  const header = String(headers['content-range'] ?? `bytes ${stored}-*/${stored + body.length}`);
  const [, first, last, length] = /^bytes (?:\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header) ?? [];
  if (length === undefined) throw new GcsError(400, 'badRequest', `Bad Content-Range: ${header}`);
  const total = length === '*' ? undefined : Number(length);
  if (first === undefined) {
    if (body.length > 0) throw new GcsError(400, 'badRequest', 'A query for the status has no body.');
  } else {
    if (Number(first) !== stored) {
      throw new GcsError(503, 'backendError', `The upload offset is ${first}, but ${stored} bytes are stored.`);
    }
    if (last !== '*' && Number(last) - stored + 1 !== body.length) {
      throw new GcsError(400, 'badRequest', 'The body is not as long as Content-Range says.');
    }
    const isLast = last === '*' || total === stored + body.length;
    if (!isLast && body.length % QUANTUM !== 0) {
      throw new GcsError(400, 'badRequest', 'The size of a part must be a multiple of 256 KiB.');
    }
    session.pieces.push(body);
  }
  if (total === undefined || sizeOf(session.pieces) !== total) return false;
  const insert = { ...session.insert, claims: { ...session.insert.claims, ...hashesOf(headers) } };
  session.done = session.bucket.insert(insert, session.pieces).resource;
  return true;
}

/** `X-Goog-Hash: crc32c=…,md5=…` on the last part is checked as if it stood in the resource. */
function hashesOf(headers: NodeJS.Dict<string | string[]>): GcsClaims {
  const header = String(headers['x-goog-hash'] ?? '');
  const crc32c = /(?:^|,)crc32c=([^,]+)/.exec(header)?.[1];
  const md5Hash = /(?:^|,)md5=([^,]+)/.exec(header)?.[1];
  return { ...(crc32c !== undefined && { crc32c }), ...(md5Hash !== undefined && { md5Hash }) };
}

function sizeOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
