import type { DiffResult } from '../../commands/diff.ts';
import type { Page } from '../page.ts';
import { formatCount } from '../units.ts';
import { grouped } from '../../core/grouped.ts';

export function renderDiff({ added, removed, changed }: DiffResult, page: Page): string {
  const lines = [
    ...added.map(({ path }) => ({ path, line: page.styled('green', `+ ${path}`) })),
    ...removed.map(({ path }) => ({ path, line: page.styled('red', `- ${path}`) })),
    ...changed.map(({ path }) => ({ path, line: page.styled('yellow', `~ ${path}`) })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const total = `${formatCount(added.length, 'path')} added, ${grouped(removed.length)} removed, ${grouped(changed.length)} changed`;
  return `${lines.map(({ line }) => `${line}\n`).join('')}${total}\n`;
}
