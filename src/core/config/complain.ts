import { z } from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import type { KeyPath } from './source.ts';
import { suggest } from './suggest.ts';

/** Where the value or the key at a path came from, for messages: `/etc/claw.json5, line 7` or `CLAWBACK_INSTANCE`. */
export type Origin = (path: KeyPath, part: 'key' | 'value') => string;

/** The first thing that is wrong with a config, as an error that names the key, its origin, and the likely remedy. */
export function complaint(error: z.ZodError, schema: z.ZodType, origin: Origin): ClawbackError {
  // A mistyped key is also a missing one: name the mistake, not its consequence.
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0];
  if (issue === undefined) return new ClawbackError('CONFIG', 'the config is not valid', { cause: error });
  if (issue.code === 'unrecognized_keys') return unknownKey(issue, schema, origin);
  const name = issue.path.join('.');
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return new ClawbackError('CONFIG', `${origin(issue.path.slice(0, -1), 'value')}: the key ${name} is missing`, {
      hint: `add ${name}; docs/configuration.md explains every key`,
    });
  }
  const hint: unknown = issue.code === 'custom' ? issue.params?.['hint'] : undefined;
  return new ClawbackError(
    'CONFIG',
    `${origin(issue.path, 'value')}: ${name === '' ? 'the config' : name}: ${plain(issue.message)}`,
    typeof hint === 'string' ? { hint } : {},
  );
}

function unknownKey(issue: z.core.$ZodIssueUnrecognizedKeys, schema: z.ZodType, origin: Origin): ClawbackError {
  const key = issue.keys[0] ?? '';
  const path = [...issue.path, key];
  const known = keysAt(schema, issue.path);
  const meant = suggest(key, known);
  return new ClawbackError('CONFIG', `${origin(path, 'key')}: unknown key ${path.join('.')}`, {
    hint: meant === undefined ? `the keys here are ${known.join(', ')}` : `did you mean ${meant}?`,
  });
}

/** The keys a strict object allows at a path. */
function keysAt(schema: z.ZodType, path: KeyPath): readonly string[] {
  let at: unknown = unwrap(schema);
  for (const segment of path) {
    if (at instanceof z.ZodObject) at = unwrap(at.shape[String(segment)]);
    else if (at instanceof z.ZodRecord) at = unwrap(at.valueType);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}

/** Zod's message in the form of ours: lower case, without its preamble. */
function plain(message: string): string {
  const said = message.replace(/^Invalid (input|option): /, '');
  return said.charAt(0).toLowerCase() + said.slice(1);
}
