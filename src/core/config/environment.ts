import { isKeyText } from '../keys/given-key.ts';
import type { GivenKeys } from './config.ts';
import type { KeyPath } from './source.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

interface Setting {
  readonly variable: string;
  readonly path: readonly string[];
  readonly parse: (text: string) => unknown;
}

/** The variables that say what a config file says; one that is set wins over the file. */
const SETTINGS: readonly Setting[] = [
  { variable: 'CLAWBACK_INSTANCE', path: ['instance'], parse: same },
  { variable: 'CLAWBACK_STATE_DIR', path: ['stateDir'], parse: same },
  { variable: 'CLAWBACK_DESTINATIONS', path: ['destinations'], parse: destinations },
  { variable: 'CLAWBACK_RECIPIENTS', path: ['recipients'], parse: words },
  { variable: 'CLAWBACK_IDENTITY', path: ['identity'], parse: same },
  { variable: 'CLAWBACK_SIGNING_KEY', path: ['signingKey'], parse: same },
  { variable: 'CLAWBACK_SCHEDULE', path: ['schedule', 'backup'], parse: same },
  { variable: 'CLAWBACK_TIMEZONE', path: ['schedule', 'timezone'], parse: same },
];

/** Variables that only a configured instance has; the others may be there for a single command's sake. */
const ENOUGH = ['CLAWBACK_INSTANCE', 'CLAWBACK_DESTINATIONS', 'CLAWBACK_RECIPIENTS'];

/** True if the environment means to be a config without a file. */
export function configuresItself(env: Variables): boolean {
  return ENOUGH.some((name) => isSet(env[name]));
}

/** The variable whose value stands at a path, if it is set. */
export function variableAt(path: KeyPath, env: Variables): string | undefined {
  return settingsIn(env).find((setting) => setting.path.every((segment, index) => path[index] === segment))?.variable;
}

/** A config value with what the environment says laid over it. */
export function overlay(value: unknown, env: Variables): unknown {
  return settingsIn(env).reduce(
    (result, { variable, path, parse }) => put(result, path, parse(env[variable] ?? '')),
    value,
  );
}

/** Keys that stand in the environment themselves. */
export function keysIn(env: Variables): GivenKeys {
  const keyIn = (variable: string): string | null => {
    const value = env[variable] ?? '';
    return isKeyText(value) ? value : null;
  };
  return { identity: keyIn('CLAWBACK_IDENTITY'), signing: keyIn('CLAWBACK_SIGNING_KEY') };
}

/** The environment without what opens or signs snapshots, for programs that have no business with it. */
export function withoutKeys(env: Variables): Variables {
  const { CLAWBACK_IDENTITY: _i, CLAWBACK_SIGNING_KEY: _s, CLAWBACK_PASSPHRASE: _p, ...others } = env;
  return others;
}

function settingsIn(env: Variables): readonly Setting[] {
  return SETTINGS.filter(({ variable }) => isSet(env[variable]) && !isKeyText(env[variable] ?? ''));
}

function put(value: unknown, [first, ...rest]: readonly string[], leaf: unknown): unknown {
  if (first === undefined) return leaf;
  // Something that is no object stays, so that the schema complains about it.
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return value === undefined ? put({}, [first, ...rest], leaf) : value;
  const inner: unknown = (value as Record<string, unknown>)[first];
  return { ...value, [first]: put(inner, rest, leaf) };
}

/** Compose files pass a variable that the host does not set as the empty string. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

function same(text: string): string {
  return text.trim();
}

function words(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** `name=url` or a bare URL, which is called `main`, `main-2`, …. */
function destinations(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words(text).map((word, index) => {
      const named = /^([A-Za-z0-9_-]+)=(.*)$/.exec(word);
      return [named?.[1] ?? (index === 0 ? 'main' : `main-${index + 1}`), named?.[2] ?? word];
    }),
  );
}
