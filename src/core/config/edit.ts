import type { ArrayExpression } from 'acorn';
import { ClawbackError } from '../../ports/errors.ts';
import type { Recipient } from '../keys/recipients.ts';
import { parseSource } from './source.ts';

/**
 * A config's text with one more recipient; every other character stays, comments included.
 *
 * @throws ClawbackError `CONFIG` if the text has no list of recipients; `EXISTS` if the recipient is in it.
 */
export function addRecipient(text: string, recipient: Recipient): string {
  const list = recipientList(text);
  const written = literals(list);
  if (written.includes(recipient)) {
    throw new ClawbackError('EXISTS', 'the config names this recipient already');
  }
  const last = list.elements.at(-1);
  const edited = last
    ? insertAfter(text, last, recipient)
    : splice(text, list.start + 1, list.start + 1, `'${recipient}'`);
  return checked(edited, [...written, recipient]);
}

/**
 * A config's text without a recipient, and without the line that only it and its comment stood on.
 *
 * @throws ClawbackError `NOT_FOUND` if it is not in the list; `CONFIG` if it is the only one.
 */
export function removeRecipient(text: string, recipient: Recipient): string {
  const list = recipientList(text);
  const written = literals(list);
  const index = written.indexOf(recipient);
  const element = list.elements[index];
  if (!element) {
    throw new ClawbackError('NOT_FOUND', 'the config names no such recipient', {
      hint: 'copy it from the list recipients in the config file',
    });
  }
  if (written.length === 1) {
    throw new ClawbackError('CONFIG', 'this is the only recipient: without it snapshots would be sealed to nobody', {
      hint: 'add the new recipient first: clawback key add age1…',
    });
  }
  const [start, end] = extentOf(text, list, index) ?? [element.start, element.end];
  return checked(
    splice(text, start, end, ''),
    written.filter((_, other) => other !== index),
  );
}

function recipientList(text: string): ArrayExpression {
  const node = parseSource(text, 'the config').nodeAt(['recipients']);
  if (node?.type !== 'ArrayExpression') {
    throw new ClawbackError('CONFIG', 'the config file has no list of recipients to edit', {
      hint: 'add one by hand: recipients: [ … ]; docs/configuration.md shows how',
    });
  }
  return node;
}

function literals(list: ArrayExpression): readonly unknown[] {
  return list.elements.map((element) => (element?.type === 'Literal' ? element.value : null));
}

function insertAfter(text: string, last: { readonly start: number; readonly end: number }, recipient: string): string {
  const lineStart = text.lastIndexOf('\n', last.start) + 1;
  const lineEnd = text.indexOf('\n', last.end);
  const indent = text.slice(lineStart, last.start);
  const rest = text.slice(last.end, lineEnd);
  if (lineEnd === -1 || indent.trim() !== '' || withoutComment(rest).includes(']')) {
    return splice(text, last.end, last.end, `, '${recipient}'`);
  }
  // On a line of its own, below the comment that may follow the one before.
  const added = splice(text, lineEnd, lineEnd, `\n${indent}'${recipient}',`);
  return withoutComment(rest).includes(',') ? added : splice(added, last.end, last.end, ',');
}

/** What to cut to remove an element: its line if it has one to itself, else up to its neighbour. */
function extentOf(text: string, list: ArrayExpression, index: number): readonly [number, number] | null {
  const [before, element, after] = [list.elements[index - 1], list.elements[index], list.elements[index + 1]];
  if (!element) return null;
  const lineStart = text.lastIndexOf('\n', element.start) + 1;
  const lineEnd = text.indexOf('\n', element.end);
  const alone = text.slice(lineStart, element.start).trim() === '' && lineStart > list.start;
  if (alone && lineEnd !== -1 && /^,?$/.test(withoutComment(text.slice(element.end, lineEnd))))
    return [lineStart, lineEnd + 1];
  if (after) return [element.start, after.start];
  return before ? [before.end, element.end] : null;
}

function withoutComment(rest: string): string {
  return rest
    .replace(/\/\/.*$/, '')
    .replaceAll(/\/\*.*?\*\//g, '')
    .trim();
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** The edit is made on text, so its meaning is read back before anyone writes it. */
function checked(text: string, expected: readonly unknown[]): string {
  const found = literals(recipientList(text));
  if (found.length !== expected.length || found.some((value, index) => value !== expected[index])) {
    throw new ClawbackError('CONFIG', 'the list of recipients is written in a way that cannot be edited safely', {
      hint: 'edit it by hand',
    });
  }
  return text;
}
