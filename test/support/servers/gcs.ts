import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALL_PERMISSIONS, demand, GcsAccess, type GcsPermission } from './gcs-access.ts';
import { GcsBucket } from './gcs-bucket.ts';
import { GcsError, sendGcsError, sendJson } from './gcs-error.ts';
import { listPage } from './gcs-list.ts';
import { GcsUploads } from './gcs-uploads.ts';
import { sendBlob } from './http-bodies.ts';
import { type Exchange, loopback, type Loopback } from './loopback.ts';

export interface Gcs extends Loopback {
  readonly access: GcsAccess;
  readonly uploads: GcsUploads;
  readonly buckets: Map<string, GcsBucket>;
  makeBucket(name: string): GcsBucket;
  /**
   * Writes a credential file, of workload identity federation, that Google's libraries exchange for a token here.
   *
   * @returns its path, for `GOOGLE_APPLICATION_CREDENTIALS`.
   */
  credentials(directory: string, permissions?: readonly GcsPermission[]): Promise<string>;
}

/**
 * A fixture of the Google Cloud Storage JSON API as Google documents it, and of the token exchange; not Google's code. It
 * checks tokens, permissions, preconditions, checksums, ranges and the sizes of parts.
 * https://cloud.google.com/storage/docs/json_api/v1
 */
export async function startGcs(): Promise<Gcs> {
  const buckets = new Map<string, GcsBucket>();
  const access = new GcsAccess();
  const uploads = new GcsUploads(() => server.origin, buckets);
  const server = await loopback(async (exchange) => {
    try {
      await route(exchange, { buckets, access, uploads });
    } catch (error) {
      if (!(error instanceof GcsError)) throw error;
      exchange.request.resume();
      sendGcsError(exchange.response, error);
    }
  });
  return {
    ...server,
    access,
    uploads,
    buckets,
    makeBucket(name) {
      const bucket = new GcsBucket(name, server.origin);
      buckets.set(name, bucket);
      return bucket;
    },
    async credentials(directory, permissions = ALL_PERMISSIONS) {
      const name = crypto.randomUUID();
      const source = join(directory, `${name}.token`);
      const path = join(directory, `${name}.json`);
      await writeFile(source, access.workload(permissions));
      const file = {
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/test',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${server.origin}/v1/token`,
        credential_source: { file: source },
      };
      await writeFile(path, JSON.stringify(file));
      return path;
    },
  };
}

async function route(
  exchange: Exchange,
  { buckets, access, uploads }: Pick<Gcs, 'buckets' | 'access' | 'uploads'>,
): Promise<void> {
  const { request, response, url } = exchange;
  if (url.pathname === '/v1/token') return access.exchange(exchange);
  if (url.searchParams.has('upload_id')) return uploads.resume(exchange);
  const permissions = access.permissionsOf(exchange);
  const address = /^(?:\/resumable|\/download)?(\/upload)?\/storage\/v1\/b\/([^/]+)(?:\/o(?:\/([^/]+))?)?$/.exec(
    url.pathname,
  );
  if (address === null) throw new GcsError(404, 'notFound', 'Not Found');
  const [, upload, bucketName = '', object] = address;
  const bucket = buckets.get(decodeURIComponent(bucketName));
  if (bucket === undefined) throw new GcsError(404, 'notFound', 'The specified bucket does not exist.');
  const operation = `${request.method ?? ''} ${upload ?? ''}${url.pathname.endsWith('/o') ? '/o' : ''}`;
  if (object === undefined) {
    if (operation === 'POST /upload/o') return uploads.insert(exchange, bucket, permissions);
    if (operation === 'GET /o') {
      demand(permissions, 'storage.objects.list');
      sendJson(response, listPage(bucket, url.searchParams));
      return;
    }
    demand(permissions, 'storage.buckets.get');
    sendJson(response, { kind: 'storage#bucket', id: bucket.name, name: bucket.name, location: 'EU' });
    return;
  }
  await serveObject(exchange, { bucket, key: decodeURIComponent(object), permissions });
}

async function serveObject(
  exchange: Exchange,
  {
    bucket,
    key,
    permissions,
  }: { readonly bucket: GcsBucket; readonly key: string; readonly permissions: ReadonlySet<GcsPermission> },
): Promise<void> {
  const { request, response, url } = exchange;
  if (request.method === 'DELETE') {
    demand(permissions, 'storage.objects.delete');
    bucket.find(key);
    bucket.objects.delete(key);
    response.writeHead(204).end();
    return;
  }
  if (request.method !== 'GET') throw new GcsError(405, 'methodNotAllowed', 'Method Not Allowed');
  demand(permissions, 'storage.objects.get');
  const { resource, content } = bucket.find(key);
  if (url.searchParams.get('alt') !== 'media' && !url.pathname.startsWith('/download/')) {
    sendJson(response, resource);
    return;
  }
  await sendBlob(exchange, content, {
    'content-type': 'application/octet-stream',
    'x-goog-hash': `crc32c=${resource.crc32c},md5=${String(resource['md5Hash'])}`,
    'x-goog-generation': resource.generation,
    'x-goog-stored-content-length': String(content.size),
    'x-goog-stored-content-encoding': 'identity',
  });
}
