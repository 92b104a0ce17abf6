import { readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { isRecord, textOf, valueAt } from './config-value.ts';
import type { OpenClawConfig } from './config.ts';
import type { EnvironmentContract } from './environment.ts';
import type { Located } from './locate.ts';
import { expandPath } from './paths.ts';
import type { SecretRef } from './references.ts';

/** Where secrets may be looked up. */
export interface SecretPlaces {
  readonly located: Located;
  readonly config: OpenClawConfig;
  readonly environment: EnvironmentContract;
  /** A readable, consistent copy of `state/openclaw.sqlite`, for secrets that OpenClaw's own store holds. */
  readonly database?: string | undefined;
}

/**
 * The secret that a reference names; null if it cannot be known. A command (`exec`) is never run: it may ask a person,
 * leave a trace in a vault, or need a network that a drill does not have.
 */
export async function secretOf(ref: SecretRef, places: SecretPlaces): Promise<string | null> {
  switch (ref.source) {
    case 'env':
      return textOf(places.environment.values[ref.id]);
    case 'file':
      return fromFile(ref, places);
    case 'store':
      return places.database === undefined ? null : fromStore(ref.id, places.database);
    case 'exec':
      return null;
  }
}

async function fromFile(ref: SecretRef, { config, located }: SecretPlaces): Promise<string | null> {
  const provider = providerOf(config.value, ref.provider);
  const path = provider === null ? null : textOf(provider['path']);
  if (provider === null || path === null) return null;
  try {
    const text = (await readFile(expandPath(path, located.home), 'utf8')).replace(/^\uFEFF/, '');
    if (provider['mode'] === 'singleValue') return ref.id === 'value' ? textOf(text) : null;
    return textOf(atPointer(JSON.parse(text), ref.id));
  } catch {
    // Missing or broken: the token is not reproducible, which is what null tells.
    return null;
  }
}

function providerOf(config: unknown, name: string): Record<string, unknown> | null {
  const providers = valueAt(config, 'secrets.providers');
  const provider = isRecord(providers) && Object.hasOwn(providers, name) ? providers[name] : null;
  return isRecord(provider) ? provider : null;
}

/** RFC 6901: `/gateway/token`, where `~1` stands for `/` and `~0` for `~`. */
function atPointer(document: unknown, pointer: string): unknown {
  let found = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

function fromStore(name: string, path: string): string | null {
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    const query = `SELECT value FROM secret_store_entries
      WHERE scope_kind = 'team' AND scope_id = '' AND name = ? AND deleted_at_ms IS NULL`;
    return textOf(database.prepare(query).get(name)?.['value']);
  } catch {
    // A damaged database, or one from before the store existed.
    return null;
  }
}
