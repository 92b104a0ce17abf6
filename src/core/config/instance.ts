import { ClawbackError } from '../../ports/errors.ts';
import { isInstanceName } from '../snapshot-id.ts';

/** The name of an instance: one segment of a storage key. */
export type InstanceName = string & { readonly __brand: 'InstanceName' };

/**
 * @throws ClawbackError `CONFIG` if it could not be a key prefix on every storage.
 */
export function parseInstance(text: string): InstanceName {
  if (!isInstanceName(text)) {
    throw new ClawbackError('CONFIG', `not an instance name: "${text}"`, {
      hint: 'use lower case letters, digits, dots, dashes and underscores, at most 63, a letter or digit first',
    });
  }
  return text as InstanceName;
}

/** A name made of a host's name: what does not fit becomes a dash. */
export function instanceFrom(hostname: string): InstanceName {
  const fitting = hostname
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return parseInstance(fitting === '' ? 'openclaw' : fitting.slice(0, 63));
}
