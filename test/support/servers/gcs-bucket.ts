import { createHash } from 'node:crypto';
import { CRC32C } from '@google-cloud/storage';
import { demand, type GcsPermission } from './gcs-access.ts';
import { GcsError } from './gcs-error.ts';

/** What the client says of an object: the resource, minus what only the service knows. */
export type GcsClaims = Readonly<Record<string, unknown>> & {
  readonly name?: string;
  readonly crc32c?: string;
  readonly md5Hash?: string;
};

export interface GcsObject {
  readonly resource: Readonly<Record<string, unknown>> & { readonly generation: string; readonly crc32c: string };
  readonly content: Blob;
}

export interface GcsInsert {
  readonly key: string;
  readonly claims: GcsClaims;
  /** The request's parameters: `ifGenerationMatch`. */
  readonly query: URLSearchParams;
  readonly permissions: ReadonlySet<GcsPermission>;
}

/** The objects of one bucket. */
export class GcsBucket {
  readonly name: string;
  readonly objects = new Map<string, GcsObject>();
  readonly #origin: string;
  #generation = 1_700_000_000_000_000;

  constructor(name: string, origin: string) {
    this.name = name;
    this.#origin = origin;
  }

  /** Refuses what the service refuses before it takes a byte; and again when the last byte is there. */
  checkInsert({ key, query, permissions }: GcsInsert): void {
    if (key === '' || Buffer.byteLength(key) > 1024) throw new GcsError(400, 'invalid', 'Invalid object name.');
    demand(permissions, 'storage.objects.create');
    const wanted = query.get('ifGenerationMatch');
    const { generation = '0' } = this.objects.get(key)?.resource ?? {};
    if (wanted !== null && wanted !== generation) {
      throw new GcsError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
    }
    if (this.objects.has(key)) demand(permissions, 'storage.objects.delete');
  }

  insert(insert: GcsInsert, pieces: readonly Buffer[]): GcsObject {
    this.checkInsert(insert);
    const { key, claims } = insert;
    const { crc32c, md5Hash } = digestsOf(pieces);
    if (claims.crc32c !== undefined && claims.crc32c !== crc32c) {
      const message = `Provided CRC32C "${claims.crc32c}" doesn't match calculated CRC32C "${crc32c}".`;
      throw new GcsError(400, 'invalid', message);
    }
    if (claims.md5Hash !== undefined && claims.md5Hash !== md5Hash) {
      const message = `Provided MD5 hash "${claims.md5Hash}" doesn't match calculated MD5 hash "${md5Hash}".`;
      throw new GcsError(400, 'invalid', message);
    }
    const generation = String(++this.#generation);
    const now = new Date().toISOString();
    const content = new Blob(pieces as Buffer<ArrayBuffer>[]);
    const resource = {
      kind: 'storage#object',
      storageClass: 'STANDARD',
      contentType: 'application/octet-stream',
      ...claims,
      id: `${this.name}/${key}/${generation}`,
      mediaLink: `${this.#origin}/download/storage/v1/b/${this.name}/o/${encodeURIComponent(key)}?alt=media`,
      name: key,
      bucket: this.name,
      generation,
      metageneration: '1',
      size: String(content.size),
      md5Hash,
      crc32c,
      etag: Buffer.from(generation).toString('base64'),
      timeCreated: now,
      updated: now,
    };
    const object = { resource, content };
    this.objects.set(key, object);
    return object;
  }

  find(key: string): GcsObject {
    const object = this.objects.get(key);
    if (object === undefined) throw new GcsError(404, 'notFound', `No such object: ${this.name}/${key}`);
    return object;
  }
}

/** With Google's own CRC32C: slow, but not the code that is to be tested. */
function digestsOf(pieces: readonly Buffer[]): { readonly crc32c: string; readonly md5Hash: string } {
  const md5 = createHash('md5');
  const crc32c = new CRC32C();
  for (const piece of pieces) {
    md5.update(piece);
    crc32c.update(piece);
  }
  return { crc32c: crc32c.toString(), md5Hash: md5.digest('base64') };
}
