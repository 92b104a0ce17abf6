import { readWithIncludes } from './include.ts';
import { isRecord, stringAt, textOf, valueAt } from './config-value.ts';
import type { Located } from './locate.ts';
import { expandPath } from './paths.ts';
import { referencedVariables } from './references.ts';

/** The configuration as far as a backup must understand it. */
export interface OpenClawConfig {
  /** Config and includes merged; `${NAME}` stands as written. An empty object if it could not be read. */
  readonly value: unknown;
  /** Absolute paths of the files that make it up and exist: the config first, then its includes. */
  readonly files: readonly string[];
  /** Names of every environment variable that it refers to, sorted. */
  readonly variables: readonly string[];
  /** Absolute paths of files that hold secrets for it: secret providers, token files, TLS material. They need not exist. */
  readonly secretFiles: readonly string[];
  /** What is wrong with it, in sentences for a person. Values never appear in them. */
  readonly problems: readonly string[];
}

/**
 * Reads the config with its includes.
 *
 * Never throws: an installation with a broken config is backed up all the same, and the problems say what was not
 * understood. A config that is not there is a problem too (OpenClaw refuses to start without one).
 */
export async function readConfig(located: Located): Promise<OpenClawConfig> {
  const { value, files, problems } = await readWithIncludes(located.configPath);
  return { value, files, variables: referencedVariables(value), secretFiles: secretFiles(value, located), problems };
}

/** Config keys whose value is the path of a file with a secret in it. */
const SECRET_FILE_KEYS = new Set([
  'tokenFile',
  'passwordFile',
  'secretFile',
  'identityFile',
  'certificateFile',
  'caFile',
  'caPath',
  'certPath',
  'keyPath',
]);

function secretFiles(config: unknown, located: Located): string[] {
  const written: string[] = [];
  const providers = valueAt(config, 'secrets.providers');
  for (const provider of isRecord(providers) ? Object.values(providers) : []) {
    const path = stringAt(provider, 'path');
    if (path !== null && stringAt(provider, 'source') === 'file') written.push(path);
  }
  collectPaths(config, written);
  return [...new Set(written.map((path) => expandPath(path, located.home)))];
}

function collectPaths(value: unknown, found: string[]): void {
  if (Array.isArray(value)) for (const item of value) collectPaths(item, found);
  if (!isRecord(value)) return;
  for (const [key, child] of Object.entries(value)) {
    const path = SECRET_FILE_KEYS.has(key) ? textOf(child) : null;
    if (path !== null) found.push(path);
    else collectPaths(child, found);
  }
}
