import { ClawbackError } from '../../ports/errors.ts';
import type { KeyPath, Source } from './source.ts';

/**
 * The value of a source with `${NAME}` in its strings replaced from the environment; `$${NAME}` stands for `${NAME}` itself.
 *
 * @throws ClawbackError `CONFIG` naming the variable that is not set, and its line.
 */
export function substitute(source: Source, env: Readonly<Record<string, string | undefined>>, file: string): unknown {
  function visit(value: unknown, path: KeyPath): unknown {
    if (typeof value === 'string') return replace(value, path);
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, [...path, key])]));
  }

  function replace(text: string, path: KeyPath): string {
    return text.replaceAll(/(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, escape: string, name: string) => {
      if (escape !== '') return whole.slice(1);
      const value = env[name];
      if (value !== undefined) return value;
      throw new ClawbackError('CONFIG', `${file}, line ${source.lineOf(path)}: the variable ${name} is not set`, {
        hint: `set ${name}, or write $\${${name}} if the text itself is meant`,
      });
    });
  }

  return visit(source.value, []);
}
