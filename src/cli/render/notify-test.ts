import type { NotifyTestResult } from '../../commands/notify-test.ts';
import { EXIT_CODES, EXIT_DONE, EXIT_PART } from '../exit.ts';
import type { Page } from '../page.ts';

export function renderNotifyTest({ notifiers }: NotifyTestResult, page: Page): string {
  const width = Math.max(...notifiers.map(({ name }) => name.length));
  const lines = notifiers.flatMap(({ name, kind, host, ok, error, hint }) => {
    const mark = ok ? page.styled('green', 'ok  ') : page.styled('red', 'FAIL');
    return [
      `  ${mark}  ${name.padEnd(width)}  ${kind} at ${host}`,
      ...[error, hint].filter((line) => line !== undefined).map((line) => `        ${line}`),
    ];
  });
  return lines.map((line) => `${line}\n`).join('');
}

export function notifyTestExit({ notifiers }: NotifyTestResult): number {
  if (notifiers.every(({ ok }) => ok)) return EXIT_DONE;
  return notifiers.some(({ ok }) => ok) ? EXIT_PART : EXIT_CODES.FAILED;
}
