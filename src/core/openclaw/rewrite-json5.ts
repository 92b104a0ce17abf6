import { parseExpressionAt } from 'acorn';
import { isRecord } from './config-value.ts';

/**
 * A JSON or JSON5 text with its string values changed in place: comments, spacing and every other byte stay as they are.
 *
 * A JSON5 document is a JavaScript expression of literals, so a JavaScript parser knows where each string stands.
 *
 * @param change given a string and the keys that lead to it (`gateway.auth.token`; `*` for a place in an array)
 * @throws SyntaxError if the text is no JSON5
 */
export function rewriteStrings(text: string, change: (value: string, path: string) => string): string {
  const strings: StringNode[] = [];
  collect(parseExpressionAt(text, 0, { ecmaVersion: 'latest' }), [], strings);
  let rewritten = text;
  // From the end, so that the positions before stay right.
  for (const { start, end, value, path } of strings.toSorted((a, b) => b.start - a.start)) {
    const changed = change(value, path);
    if (changed === value) continue;
    rewritten = rewritten.slice(0, start) + quoted(changed, text.charAt(start)) + rewritten.slice(end);
  }
  return rewritten;
}

interface StringNode {
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly path: string;
}

function collect(node: unknown, path: readonly string[], found: StringNode[]): void {
  if (!isRecord(node)) return;
  const { type, start, end, key, value, properties, elements } = node;
  if (type === 'Property') collect(value, [...path, keyOf(key)], found);
  else if (typeof value === 'string' && typeof start === 'number' && typeof end === 'number')
    found.push({ start, end, value, path: path.join('.') });
  for (const child of Array.isArray(properties) ? properties : []) collect(child, path, found);
  for (const child of Array.isArray(elements) ? elements : []) collect(child, [...path, '*'], found);
}

/** Written as a name or as a string. */
function keyOf(key: unknown): string {
  return isRecord(key) ? String(key['name'] ?? key['value']) : '';
}

function quoted(text: string, quote: string): string {
  const json = JSON.stringify(text);
  return quote === '"' ? json : `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
