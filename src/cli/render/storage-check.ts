import type { StorageCheckReport } from '../../core/storage-check.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE } from '../exit.ts';
import type { Page, Style } from '../page.ts';
import { formatSeconds } from '../units.ts';
import { wrap } from '../wrap.ts';

type CheckStep = StorageCheckReport['steps'][number];

const MARKS: Readonly<Record<CheckStep['status'], readonly [style: Style, mark: string]>> = {
  ok: ['green', 'ok'],
  warn: ['yellow', 'warn'],
  fail: ['red', 'FAIL'],
};

const INDENT = ' '.repeat(8);

export function renderStorageCheck({ location, ok, steps }: StorageCheckReport, page: Page): string {
  const verdict = ok
    ? page.styled(
        'green',
        steps.some(({ status }) => status === 'warn') ? 'fit for backups, with remarks' : 'fit for backups',
      )
    : page.styled('red', 'not fit for backups as it is');
  return `check of ${page.styled('bold', location)}\n\n${steps.map((step) => renderStep(step, page)).join('')}\n${verdict}\n`;
}

export function storageCheckExit({ ok }: StorageCheckReport): number {
  return ok ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

function renderStep({ status, title, evidence, seconds, fix }: CheckStep, page: Page): string {
  const [style, mark] = MARKS[status];
  const width = page.width - INDENT.length;
  const lines = [
    `  ${page.styled(style, mark.padEnd(4))}  ${title}  ${page.styled('dim', formatSeconds(seconds))}`,
    ...wrap(evidence, width).map((line) => INDENT + page.styled('dim', line)),
    ...(fix === undefined ? [] : wrap(`mend: ${fix}`, width).map((line) => INDENT + page.styled('cyan', line))),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
