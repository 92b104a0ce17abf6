import { isRecord, textOf, valueAt } from './config-value.ts';

/** What OpenClaw takes for a variable's name between `${` and `}` (`config/env-substitution.ts`). */
const NAME = '[A-Z_][A-Z0-9_]*';

/** A reference, or an escaped one: `$${NAME}` stands for the text `${NAME}` and refers to nothing. */
const REFERENCE = new RegExp(`\\$\\$\\{(?:${NAME})\\}|\\$\\{(${NAME})\\}`, 'g');

/** The short form `$NAME`, which OpenClaw accepts where a secret is expected and nothing else stands beside it. */
const SHORTHAND = /^\$([A-Z][A-Z0-9_]{0,127})$/;

/** A reference to a secret: `{source: 'env', provider: 'default', id: 'NAME'}`. */
export interface SecretRef {
  readonly source: 'env' | 'file' | 'exec' | 'store';
  readonly provider: string;
  readonly id: string;
}

/** Reads a config value as a reference to a secret, in any of the spellings that OpenClaw accepts; null if it is none. */
export function secretRef(value: unknown, config: unknown): SecretRef | null {
  const text = textOf(value);
  const name = text === null ? undefined : (SHORTHAND.exec(text)?.[1] ?? wholeReference(text));
  if (name !== undefined) return { source: 'env', provider: providerFor('env', config), id: name };
  if (!isRecord(value)) return null;
  const source = value['source'];
  const id = textOf(value['id']);
  if (id === null || (source !== 'env' && source !== 'file' && source !== 'exec' && source !== 'store')) return null;
  return { source, provider: textOf(value['provider']) ?? providerFor(source, config), id };
}

/** Every variable that a config refers to, in `${NAME}`, `$NAME` or a reference to a secret; sorted, each once. */
export function referencedVariables(config: unknown): string[] {
  const names = new Set<string>();
  collect(config, config, names);
  return [...names].sort();
}

/** The text with its variables filled in, `$${NAME}` unescaped; null if a variable has no value (or an empty one). */
export function substitute(text: string, valueOf: (name: string) => string | null): string | null {
  const missing: string[] = [];
  const filled = text.replace(REFERENCE, (whole, name: string | undefined) => {
    if (name === undefined) return whole.slice(1);
    const value = valueOf(name);
    if (value === null || value === '') missing.push(name);
    return value ?? '';
  });
  return missing.length > 0 ? null : filled;
}

function collect(value: unknown, config: unknown, names: Set<string>): void {
  if (typeof value === 'string') for (const name of namesIn(value)) names.add(name);
  const ref = secretRef(value, config);
  if (ref?.source === 'env') names.add(ref.id);
  if (Array.isArray(value)) for (const item of value) collect(item, config, names);
  if (isRecord(value)) for (const child of Object.values(value)) collect(child, config, names);
}

function namesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

function wholeReference(text: string): string | undefined {
  const names = namesIn(text);
  return names.length === 1 && text === `\${${names[0] ?? ''}}` ? names[0] : undefined;
}

function providerFor(source: SecretRef['source'], config: unknown): string {
  return textOf(valueAt(config, `secrets.defaults.${source}`)) ?? 'default';
}
