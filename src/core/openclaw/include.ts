import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseJson } from './json.ts';
import { systemCode } from '../../ports/errors.ts';
import { messageOf } from './message.ts';
import { isRecord } from './config-value.ts';

/** A config file together with all that it includes. */
export interface Included {
  /** The merged value; what could not be read or parsed is an empty object. */
  readonly value: unknown;
  /** The files that exist, this one first, each once. */
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/** OpenClaw's own limits (`config/includes.ts`). */
const MAX_DEPTH = 10;
const MAX_BYTES = 2 * 1024 * 1024;

/**
 * Reads a JSON5 file and replaces every `$include` in it, at any depth, as OpenClaw does: a path or an array of paths,
 * relative to the file that names them; later ones win over earlier ones and keys beside `$include` over all of them;
 * objects merge, arrays are joined.
 *
 * Unlike OpenClaw it follows a path out of the config's directory without asking `OPENCLAW_INCLUDE_ROOTS`, which only
 * the Gateway's environment knows. It never throws: a broken config is worth a backup too.
 *
 * @param locate tells where the file that an include names is now; by default, at that path
 */
export async function readWithIncludes(path: string, locate = (named: string) => named): Promise<Included> {
  const reader = new Reader(locate);
  const value = await reader.file(path, []);
  return { value, files: [...reader.files], problems: reader.problems };
}

class Reader {
  readonly files = new Set<string>();
  readonly problems: string[] = [];
  readonly #locate: (named: string) => string;

  constructor(locate: (named: string) => string) {
    this.#locate = locate;
  }

  async file(path: string, chain: readonly string[]): Promise<unknown> {
    const text = await this.text(path, chain);
    if (text === null) return {};
    try {
      return await this.resolved(parseJson(text), [...chain, path]);
    } catch (error) {
      this.problems.push(`${path} does not parse: ${messageOf(error)}`);
      return {};
    }
  }

  private async text(path: string, chain: readonly string[]): Promise<string | null> {
    if (chain.includes(path)) return this.refuse(`${path} includes itself`);
    if (chain.length > MAX_DEPTH) return this.refuse(`${path} is included more than ${MAX_DEPTH} deep`);
    try {
      const { size } = await stat(path);
      const text = size > MAX_BYTES ? null : await readFile(path, 'utf8');
      this.files.add(path);
      return text ?? this.refuse(`${path} is larger than OpenClaw reads (${MAX_BYTES} bytes)`);
    } catch (error) {
      return this.refuse(
        `${path} ${systemCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read: ${messageOf(error)}`}`,
      );
    }
  }

  private refuse(problem: string): null {
    this.problems.push(problem);
    return null;
  }

  private async resolved(value: unknown, chain: readonly string[]): Promise<unknown> {
    if (Array.isArray(value)) {
      const items: unknown[] = [];
      for (const item of value) items.push(await this.resolved(item, chain));
      return items;
    }
    if (!isRecord(value)) return value;
    const own: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      if (key !== '$include' && key !== '__proto__') own[key] = await this.resolved(child, chain);
    }
    if (!Object.hasOwn(value, '$include')) return own;
    const included = await this.included(value['$include'], chain);
    return Object.keys(own).length === 0 ? included : merge(included, own);
  }

  private async included(named: unknown, chain: readonly string[]): Promise<unknown> {
    const from = chain.at(-1) ?? '.';
    if (typeof named === 'string') return this.file(this.#locate(resolve(dirname(from), named)), chain);
    if (!Array.isArray(named)) {
      this.problems.push(`$include in ${from} is neither a path nor an array of paths`);
      return {};
    }
    let merged: unknown = {};
    for (const path of named) {
      if (typeof path === 'string') merged = merge(merged, await this.included(path, chain));
      else this.refuse(`$include in ${from} holds something that is not a path`);
    }
    return merged;
  }
}

function merge(base: unknown, over: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(over)) return [...(base as unknown[]), ...(over as unknown[])];
  if (!isRecord(base) || !isRecord(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = key in merged ? merge(merged[key], value) : value;
  return merged;
}
