import { ClawbackError } from '../../ports/errors.ts';

/**
 * The address in the option `endpoint` of a storage's URL, without a slash at its end; null if there is none.
 *
 * @throws ClawbackError `CONFIG` if it is none of HTTP, or holds credentials.
 */
export function endpointIn(options: URLSearchParams): string | null {
  const text = options.get('endpoint');
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== ''
  ) {
    throw new ClawbackError('CONFIG', 'the endpoint is no URL without credentials', {
      hint: 'for example ?endpoint=https://storage.example.org',
    });
  }
  return url.href.replace(/\/$/, '');
}
