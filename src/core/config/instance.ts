import { ClawbackError } from '../../ports/errors.ts';

/** The name of an instance: one segment of a storage key. */
export type InstanceName = string & { readonly __brand: 'InstanceName' };

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/**
 * @throws ClawbackError `CONFIG` unless it begins with a letter or digit and has at most 63 of `A-Z a-z 0-9 . _ -`.
 */
export function parseInstance(text: string): InstanceName {
  if (!NAME.test(text)) {
    throw new ClawbackError('CONFIG', `not an instance name: "${text}"`, {
      hint: 'use letters, digits, dots, dashes and underscores, at most 63, a letter or digit first',
    });
  }
  return text as InstanceName;
}

/** A name made of a host's name: what does not fit becomes a dash. */
export function instanceFrom(hostname: string): InstanceName {
  const fitting = hostname
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63);
  return parseInstance(fitting === '' ? 'openclaw' : fitting);
}
