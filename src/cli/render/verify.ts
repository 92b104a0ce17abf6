import type { VerifyResult } from '../../commands/verify.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE } from '../exit.ts';
import type { Page } from '../page.ts';

export function renderVerify({ results }: VerifyResult, page: Page): string {
  const width = Math.max(0, ...results.map(({ destination }) => destination.length));
  const lines = results.flatMap(({ id, destination, ok, level, problems }) => [
    `${ok ? page.styled('green', 'ok ') : page.styled('red', 'BAD')}  ${id}  ${destination.padEnd(width)}  ${levelText(level)}`,
    ...problems.map(({ path, message, expected, found }) => {
      const difference = expected === undefined ? '' : ` (expected ${expected}, found ${found ?? 'nothing'})`;
      return `     ${path === undefined ? '' : `${path}: `}${message}${difference}`;
    }),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

export function verifyExit({ results }: VerifyResult): number {
  return results.every(({ ok }) => ok) ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

function levelText(level: 'digest' | 'full'): string {
  return level === 'full' ? 'every hash' : 'digest alone: no identity opens it';
}
