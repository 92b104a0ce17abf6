import { pathToFileURL } from 'node:url';
import { expandPath } from '../core/openclaw/paths.ts';
import { ClawbackError } from '../ports/errors.ts';
import { type Context } from './context.ts';

/**
 * A location as a person types it: a URL, or the path of a directory.
 *
 * @throws ClawbackError `USAGE` if it is neither.
 */
export function locationOf(text: string, { host, paths }: Context): URL {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return pathToFileURL(expandPath(text, host.home, paths.workingDirectory));
  const url = URL.parse(text);
  if (url !== null) return url;
  throw new ClawbackError('USAGE', 'the location is not a URL', { hint: 'for example file:///mnt/nas/claw' });
}
