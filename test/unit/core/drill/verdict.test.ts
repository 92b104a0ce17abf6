import { expect, test } from 'vitest';
import { verdictOf, type Check, type Status } from '../../../../src/core/drill/report.ts';

function checks(...statuses: Status[]): Check[] {
  return statuses.map((status) => ({ id: status, status, title: '', evidence: '' }));
}

test('one failure fails the drill, booted or not', () => {
  expect(verdictOf(checks('ok', 'warn', 'fail'), true)).toBe('fail');
  expect(verdictOf(checks('ok', 'fail'), false)).toBe('fail');
});

test('a drill that booted nothing never passes', () => {
  expect(verdictOf(checks('ok', 'ok'), false)).toBe('incomplete');
});

test('a warning is passed on, and so is what could not be known: a pass says that everything was', () => {
  expect(verdictOf(checks('ok', 'warn'), true)).toBe('warn');
  expect(verdictOf(checks('ok', 'unknown'), true)).toBe('warn');
});
