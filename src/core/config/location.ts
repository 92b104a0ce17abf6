import { pathToFileURL } from 'node:url';
import { ClawbackError } from '../../ports/errors.ts';
import { expandPath } from '../openclaw/paths.ts';

/** What relative paths and `~` are resolved against. Absolute paths. */
export interface PathBase {
  readonly home: string;
  /** The directory of the config file, or the working directory for what stands on the command line. */
  readonly directory: string;
}

/**
 * The URL of a storage. A plain path (`/mnt/nas`, `./backups`, `~/backups`) is the file storage at that place.
 *
 * @throws ClawbackError `CONFIG` if it is no URL, or carries a password, which would end up in messages and reports.
 */
export function parseLocation(text: string, base: PathBase): URL {
  if (/^(\/|~\/|\.\.?\/)/.test(text)) return pathToFileURL(expandPath(text, base.home, base.directory));
  if (text.startsWith('file://~/')) return pathToFileURL(expandPath(text.slice('file://'.length), base.home));
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || /^[a-z]:$/i.test(url.protocol)) {
    throw new ClawbackError('CONFIG', `not a storage location: ${text}`, {
      hint: 'a location is a URL such as file:///mnt/nas/claw or s3://bucket/prefix, or an absolute path',
    });
  }
  if (url.password !== '') {
    url.password = '';
    throw new ClawbackError('CONFIG', `a password stands in the location ${url.href}`, {
      hint: "take it out; credentials come from the storage's own configuration or environment",
    });
  }
  if (url.protocol === 'file:' && url.host !== '') {
    throw new ClawbackError('CONFIG', `the location ${text} names a host`, {
      hint: `a file location has three slashes: file:///${url.host}${url.pathname}`,
    });
  }
  return url;
}
