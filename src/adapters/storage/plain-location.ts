import { ClawbackError } from '../../ports/errors.ts';

/**
 * Looks at a URL that names a place on a server, with the options that its storage knows.
 *
 * @throws ClawbackError `CONFIG` if it holds a password, or an option that is not known.
 */
export function checkLocation(url: URL, known: readonly string[]): void {
  const scheme = url.protocol;
  if (url.password !== '') {
    throw new ClawbackError('CONFIG', `a ${scheme} URL must not hold a password`, {
      hint: 'URLs end up in logs; docs/storage.md says where credentials belong',
    });
  }
  const unknown = [...url.searchParams.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ClawbackError('CONFIG', `${scheme} has no option ${JSON.stringify(unknown)}`, {
    hint: known.length === 0 ? 'it knows none' : `known are ${known.join(', ')}`,
  });
}
