import type { Page } from '../page.ts';
import { visible } from '../visible.ts';
import { wrap } from '../wrap.ts';

/** One thing to do. */
export interface NumberedItem {
  readonly title: string;
  /** Lines below it: a command, which stays on one line so that it can be copied. */
  readonly below: readonly string[];
}

/** A heading and what is to be done, in its order; nothing if that is nothing. */
export function renderNumbered(heading: string, items: readonly NumberedItem[], page: Page): string {
  if (items.length === 0) return '';
  const indent = ' '.repeat(5);
  const lines = items.flatMap(({ title, below }, index) => [
    ...wrap(visible(title), page.width - indent.length).map(
      (line, at) => (at === 0 ? `  ${index + 1}. ` : indent) + line,
    ),
    ...below.map((line) => indent + page.styled('cyan', visible(line))),
  ]);
  return `\n${page.styled('bold', heading)}\n${lines.map((line) => `${line}\n`).join('')}`;
}
