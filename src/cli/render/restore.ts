import type { RestoreResult } from '../../commands/restore.ts';
import { stepsOf } from '../../core/drill/outline.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE, EXIT_PART } from '../exit.ts';
import type { Page } from '../page.ts';
import { facts } from '../table.ts';
import { formatBytes, formatCount, formatSeconds } from '../units.ts';
import { asItem, renderFindings } from './drill.ts';
import { renderNumbered } from './numbered.ts';

export function renderRestore(result: RestoreResult, page: Page): string {
  const summary = facts([
    ['snapshot', page.styled('bold', result.snapshot.id)],
    ['restored to', result.target],
    ['size', `${formatBytes(result.bytes)}, ${formatCount(result.files, 'file')}, in ${formatSeconds(result.seconds)}`],
    ...(result.previous === undefined ? [] : [['moved aside', result.previous] as const]),
  ]);
  const drill = result.drill === undefined ? '' : `\n${renderFindings(result.drill, page)}`;
  return summary + drill + renderTodo(result, page);
}

/** A drill that could not be carried out takes nothing from the restore; one that says no does. */
export function restoreExit({ drill, hookProblems = [] }: RestoreResult): number {
  if (drill?.verdict === 'fail') return EXIT_CHECK_SAID_NO;
  return hookProblems.length > 0 ? EXIT_PART : EXIT_DONE;
}

/** What the checks of the drill ask for, and what is left of the restore, the devices among it. */
function renderTodo({ todo, drill }: RestoreResult, page: Page): string {
  const mends = stepsOf({ checks: drill?.checks.filter(({ id }) => id !== 'devices') ?? [], devices: [], todo: [] });
  const items = [
    ...mends.map((step) => asItem(step, page)),
    ...todo.map(({ title, command }) => ({ title, below: command === undefined ? [] : [command] })),
  ];
  return renderNumbered('What is left to do:', items, page);
}
