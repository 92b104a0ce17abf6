import { parseExpressionAt } from 'acorn';
import { isRecord } from './config-value.ts';

/**
 * A JSON or JSON5 text with its string values changed in place: comments, spacing and every other byte stay as they are.
 *
 * A JSON5 document is a JavaScript expression of literals, so a JavaScript parser knows where each string stands.
 *
 * @throws SyntaxError if the text is no JSON5
 */
export function rewriteStrings(text: string, change: (value: string) => string): string {
  const strings: StringNode[] = [];
  collect(parseExpressionAt(text, 0, { ecmaVersion: 'latest' }), strings);
  let rewritten = text;
  // From the end, so that the positions before stay right.
  for (const { start, end, value } of strings.toSorted((a, b) => b.start - a.start)) {
    const changed = change(value);
    if (changed === value) continue;
    rewritten = rewritten.slice(0, start) + quoted(changed, text.charAt(start)) + rewritten.slice(end);
  }
  return rewritten;
}

interface StringNode {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

function collect(node: unknown, found: StringNode[]): void {
  if (!isRecord(node)) return;
  const { type, start, end, value, properties, elements } = node;
  if (type === 'Property') collect(value, found);
  else if (typeof value === 'string' && typeof start === 'number' && typeof end === 'number')
    found.push({ start, end, value });
  for (const child of [properties, elements].flat()) collect(child, found);
}

function quoted(text: string, quote: string): string {
  const json = JSON.stringify(text);
  return quote === '"' ? json : `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
