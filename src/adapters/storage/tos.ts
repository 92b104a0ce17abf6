import { ClawbackError } from '../../ports/errors.ts';
import type { Storage } from '../../ports/storage.ts';
import { bucketLocation } from './bucket-location.ts';
import { s3Bucket } from './s3.ts';
import { s3Client, type S3Options } from './s3-client.ts';

export interface TosHost {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * A bucket of Volcengine TOS, through its S3 protocol: `tos://bucket/prefix?region=cn-beijing`, or with `&endpoint=`.
 * Credentials come from `TOS_ACCESS_KEY` and `TOS_SECRET_KEY` (and `TOS_SECURITY_TOKEN`), else from the SDK's own chain.
 *
 * Whether the S3 endpoint honours a conditional put is nowhere written, so that a look goes before each.
 *
 * @throws ClawbackError `CONFIG` if the URL is wrong or names no region.
 */
export async function tosStorage(url: URL, { env }: TosHost, options: S3Options = {}): Promise<Storage> {
  const at = bucketLocation(url, ['region', 'endpoint']);
  const region = at.options.get('region') ?? env['TOS_REGION'];
  if (region === undefined) {
    throw new ClawbackError('CONFIG', `no region in ${at.location}`, {
      hint: `say it: ${at.location}?region=cn-beijing`,
    });
  }
  const asked = new URLSearchParams(at.options);
  asked.set('region', region);
  if (!asked.has('endpoint')) asked.set('endpoint', `https://tos-s3-${region}.volces.com`);
  asked.set('pathStyle', 'false');
  const credentials = credentialsIn(env);
  const client = await s3Client(
    { ...at, options: asked },
    { ...(credentials === null ? {} : { credentials }), ...options },
  );
  return s3Bucket(at, client, { lookFirst: true, ...options });
}

function credentialsIn(
  env: TosHost['env'],
): { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | null {
  const { TOS_ACCESS_KEY: accessKeyId, TOS_SECRET_KEY: secretAccessKey, TOS_SECURITY_TOKEN: sessionToken } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
