import { patientRequest } from './patient-request.ts';

/** Milliseconds; whoever asks for the time does not wait long for it. */
const PATIENCE_MS = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the server of each scheme answers HTTP, whatever it answers; null where the location does not tell. */
const ADDRESSES: Readonly<Record<string, (location: URL, env: Environment) => string | null>> = {
  's3:': ({ searchParams }, env) =>
    `https://s3.${searchParams.get('region') ?? env['AWS_REGION'] ?? 'us-east-1'}.amazonaws.com`,
  'tos:': ({ searchParams }, env) => hostIn(searchParams.get('region') ?? env['TOS_REGION'], 'tos-s3-*.volces.com'),
  'gs:': () => 'https://storage.googleapis.com',
  'oss:': ({ searchParams }, env) => hostIn(searchParams.get('region') ?? env['OSS_REGION'], 'oss-*.aliyuncs.com'),
  'azblob:': ({ searchParams }, env) =>
    hostIn(searchParams.get('account') ?? env['AZURE_STORAGE_ACCOUNT'], '*.blob.core.windows.net'),
  'webdav:': ({ host }) => `http://${host}`,
  'webdavs:': ({ host }) => `https://${host}`,
};

/**
 * What time it is at a storage: the `Date` of an HTTP answer, which needs no credentials, since a refusal has one too. Null if
 * the storage tells none: a directory, SFTP, rclone.
 *
 * @throws ClawbackError `UNAVAILABLE`, `FAILED`
 */
export async function serverTime(location: URL, env: Environment, signal: AbortSignal): Promise<Date | null> {
  const address = location.searchParams.get('endpoint') ?? ADDRESSES[location.protocol]?.(location, env) ?? null;
  if (address === null || !URL.canParse(address)) return null;
  const request = { method: 'HEAD', headers: {}, patience: PATIENCE_MS, signal };
  const { headers, body } = await patientRequest(new URL(address), request);
  body.resume();
  const time = Date.parse(headers['date'] ?? '');
  return Number.isNaN(time) ? null : new Date(time);
}

function hostIn(name: string | null | undefined, pattern: string): string | null {
  return name === null || name === undefined ? null : `https://${pattern.replace('*', name)}`;
}
