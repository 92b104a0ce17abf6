import { ClawbackError } from '../../ports/errors.ts';

/** The part of a bucket that a URL such as `gs://bucket/prefix?endpoint=…` names. */
export interface BucketLocation {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  /** The URL, for messages and for `--from`: with its options, without which another host would not find the bucket. */
  readonly location: string;
  readonly options: URLSearchParams;
}

/**
 * Reads a URL that names a bucket, with the options that its storage knows.
 *
 * @throws ClawbackError `CONFIG` if it holds credentials, names no bucket, or has an option that is not known.
 */
export function bucketLocation(url: URL, known: readonly string[]): BucketLocation {
  const scheme = url.protocol;
  if (url.username !== '' || url.password !== '') {
    throw new ClawbackError('CONFIG', `a ${scheme}// URL must not hold credentials`, {
      hint: 'URLs end up in logs; docs/storage.md says where credentials belong',
    });
  }
  if (url.host === '') throw new ClawbackError('CONFIG', `no bucket in the ${scheme}// URL`);
  const unknown = [...url.searchParams.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ClawbackError('CONFIG', `${scheme}// has no option ${JSON.stringify(unknown)}`, {
      hint: `known are ${known.join(', ')}`,
    });
  }
  const path = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  return {
    bucket: url.host,
    prefix: path === '' ? '' : `${path}/`,
    location: `${scheme}//${url.host}${path === '' ? '' : `/${path}`}${url.search}`,
    options: url.searchParams,
  };
}

/**
 * The name of the object that holds a key.
 *
 * @throws ClawbackError `FAILED` if the key is not one.
 */
export function objectName(prefix: string, key: string): string {
  if (!key.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..')) {
    throw new ClawbackError('FAILED', `not a key: ${JSON.stringify(key)}`);
  }
  return `${prefix}${key}`;
}

/** The key of an object below the prefix; null for what consoles leave behind to show a folder. */
export function keyOfName(prefix: string, name: string): string | null {
  return name.endsWith('/') ? null : name.slice(prefix.length);
}
