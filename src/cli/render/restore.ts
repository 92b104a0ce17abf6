import type { RestoreResult } from '../../commands/restore.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE } from '../exit.ts';
import type { Page } from '../page.ts';
import { facts } from '../table.ts';
import { formatBytes, formatCount, formatSeconds } from '../units.ts';
import { wrap } from '../wrap.ts';
import { renderDrill } from './drill.ts';

export function renderRestore(result: RestoreResult, page: Page): string {
  const summary = facts([
    ['snapshot', page.styled('bold', result.snapshot.id)],
    ['restored to', result.target],
    ['size', `${formatBytes(result.bytes)}, ${formatCount(result.files, 'file')}, in ${formatSeconds(result.seconds)}`],
    ...(result.previous === undefined ? [] : [['moved aside', result.previous] as const]),
  ]);
  const drill = result.drill === undefined ? '' : `\n${renderDrill(result.drill, page)}`;
  return summary + drill + renderTodo(result, page);
}

/** A drill that could not be carried out takes nothing from the restore; one that says no does. */
export function restoreExit({ drill }: RestoreResult): number {
  return drill?.verdict === 'fail' ? EXIT_CHECK_SAID_NO : EXIT_DONE;
}

function renderTodo({ todo }: RestoreResult, page: Page): string {
  if (todo.length === 0) return '';
  const steps = todo.flatMap(({ title, command }, index) => [
    ...wrap(title, page.width - 5).map((line, at) => (at === 0 ? `  ${index + 1}. ${line}` : `     ${line}`)),
    ...(command === undefined ? [] : [`     ${command}`]),
  ]);
  return `\n${page.styled('bold', 'What is left to do:')}\n${steps.map((line) => `${line}\n`).join('')}`;
}
