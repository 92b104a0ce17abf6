import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';
import type { Expression, Property, SpreadElement } from 'acorn';
import JSON5 from 'json5';
import { ClawbackError } from '../../ports/errors.ts';

export type KeyPath = readonly PropertyKey[];

/** A JSON5 text, its value, and where in the text each part of the value stands. */
export interface Source {
  readonly value: unknown;
  /** The node at a path; undefined if the text has nothing there. */
  nodeAt(path: KeyPath): Expression | undefined;
  /** Line, counted from 1, of the value at a path, or of the nearest part around it that the text has. */
  lineOf(path: KeyPath): number;
  /** Line of the key itself. */
  lineOfKey(path: KeyPath): number;
}

/**
 * @param file names the text in messages.
 * @throws ClawbackError `CONFIG` naming the line where the text stops being JSON5.
 */
export function parseSource(text: string, file: string): Source {
  const value = parseJson5(text, file);
  let parsed: Expression | undefined;
  const root = (): Expression => (parsed ??= parseExpression(text));
  return {
    value,
    nodeAt: (path) => walk(root(), path),
    lineOf: (path) => line(nearest(root(), path)),
    lineOfKey: (path) => line(propertyAt(root(), path)?.key ?? nearest(root(), path)),
  };
}

/**
 * JSON5 is a subset of ECMAScript's expressions, and of the two parsers only acorn says where things stand. Loaded and asked when
 * something is wrong, so that a config that is right is read once.
 */
function parseExpression(text: string): Expression {
  const { parseExpressionAt } = createRequire(import.meta.url)('acorn') as typeof Acorn;
  return parseExpressionAt(text.replace(/^\uFEFF/, ' '), 0, { ecmaVersion: 'latest', locations: true });
}

function parseJson5(text: string, file: string): unknown {
  try {
    return JSON5.parse(text);
  } catch (cause) {
    const at = cause as Error & { lineNumber?: number; columnNumber?: number };
    const what = at.message.replace(/^JSON5: /, '').replace(/ at \d+:\d+$/, '');
    throw new ClawbackError('CONFIG', `${file}, line ${at.lineNumber ?? 1}, column ${at.columnNumber ?? 1}: ${what}`, {
      hint: 'the file is JSON5: check for a missing comma, quote or bracket just before that place',
      cause,
    });
  }
}

function walk(root: Expression, path: KeyPath): Expression | undefined {
  return path.reduce<Expression | undefined>((node, segment) => child(node, segment), root);
}

function child(node: Expression | undefined, segment: PropertyKey): Expression | undefined {
  if (node?.type === 'ArrayExpression') {
    const element = node.elements[Number(segment)];
    return element === null || element?.type === 'SpreadElement' ? undefined : element;
  }
  return property(node, segment)?.value;
}

function propertyAt(root: Expression, path: KeyPath): Property | undefined {
  const last = path.at(-1);
  return last === undefined ? undefined : property(walk(root, path.slice(0, -1)), last);
}

/** The last property of that name, as JSON5 lets the last one win. */
function property(node: Expression | undefined, name: PropertyKey): Property | undefined {
  if (node?.type !== 'ObjectExpression') return undefined;
  return node.properties.findLast((candidate) => isNamed(candidate, name)) as Property | undefined;
}

function isNamed(candidate: Property | SpreadElement, name: PropertyKey): boolean {
  if (candidate.type !== 'Property') return false;
  if (candidate.key.type === 'Identifier') return candidate.key.name === name;
  return candidate.key.type === 'Literal' && candidate.key.value === name;
}

function nearest(root: Expression, path: KeyPath): Expression {
  const node = walk(root, path);
  return node === undefined && path.length > 0 ? nearest(root, path.slice(0, -1)) : (node ?? root);
}

function line(node: { readonly loc?: { readonly start: { readonly line: number } } | null }): number {
  return node.loc?.start.line ?? 1;
}
