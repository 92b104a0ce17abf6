import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { OssError } from './oss-error.ts';

const SKEW_MS = 15 * 60 * 1000;

export interface OssKey {
  readonly id: string;
  readonly secret: string;
  /** The security token that every request of a temporary key carries. */
  readonly token?: string;
}

/**
 * Checks a V4 signature in the header, recomputed as Alibaba Cloud documents it, and nothing else: older signatures are
 * refused, as for new accounts and buckets.
 * https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 *
 * @returns the key that signed.
 */
export function checkSignature(
  request: IncomingMessage,
  target: { readonly bucket: string; readonly key: string },
  { region, now, keys }: { readonly region: string; readonly now: number; readonly keys: readonly OssKey[] },
): OssKey {
  const { authorization = '', 'x-oss-date': date } = request.headers;
  const fields = /^OSS4-HMAC-SHA256 Credential=([^,]+),(?:\s*AdditionalHeaders=([^,]*),)?\s*Signature=([0-9a-f]{64})$/;
  const [, credential, additional = '', signature = ''] = fields.exec(authorization) ?? [];
  if (credential === undefined || typeof date !== 'string') {
    throw new OssError(403, 'AccessDenied', 'The request is not signed with OSS4-HMAC-SHA256.');
  }
  const [id, day, ...rest] = credential.split('/');
  const key = keys.find((known) => known.id === id);
  if (key === undefined) {
    throw new OssError(403, 'InvalidAccessKeyId', 'The OSS Access Key Id you provided does not exist in our records.');
  }
  const scope = [day, region, 'oss', 'aliyun_v4_request'].join('/');
  if ([day, ...rest].join('/') !== scope || !date.startsWith(day ?? '-')) {
    throw new OssError(400, 'InvalidArgument', 'Invalid signing region in Authorization header.', {
      ArgumentName: 'region',
      ArgumentValue: rest[0] ?? '',
    });
  }
  checkClock(date, now);
  if (key.token !== undefined && request.headers['x-oss-security-token'] !== key.token) {
    throw new OssError(403, 'InvalidAccessKeyId', 'The security token you provided is invalid.');
  }
  const canonical = canonicalRequest(request, target, additional);
  const text = ['OSS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const signing = [day ?? '', region, 'oss', 'aliyun_v4_request'].reduce<Buffer>(
    (secret, word) => createHmac('sha256', secret).update(word).digest(),
    Buffer.from(`aliyun_v4${key.secret}`),
  );
  const wanted = createHmac('sha256', signing).update(text).digest();
  if (!timingSafeEqual(wanted, Buffer.from(signature, 'hex'))) {
    throw new OssError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      { StringToSign: text, CanonicalRequest: canonical },
    );
  }
  return key;
}

function checkClock(date: string, now: number): void {
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(time - now) <= SKEW_MS)) {
    const message = 'The difference between the request time and the current time is too large.';
    throw new OssError(403, 'RequestTimeTooSkewed', message);
  }
}

function canonicalRequest(
  { method = '', url = '', headers }: IncomingMessage,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  additional: string,
): string {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const parameters = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => /^([^=]*)(?:=(.*))?$/s.exec(pair)?.slice(1) ?? [])
    .map(([name = '', value = '']) => [encoded(decoded(name)), encoded(decoded(value))] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const signed = Object.keys(headers).filter(
    (name) =>
      name === 'content-type' ||
      name === 'content-md5' ||
      name.startsWith('x-oss-') ||
      additional.split(';').includes(name),
  );
  return [
    method,
    encoded(`/${bucket}/${key}`).replaceAll('%2F', '/'),
    parameters.join('&'),
    ...signed.sort().map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    additional,
    headers['x-oss-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
