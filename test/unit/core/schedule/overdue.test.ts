import { expect, it } from 'vitest';
import { occurrences } from '../../../../src/core/schedule/occurrences.ts';
import { deadlineAfter } from '../../../../src/core/schedule/overdue.ts';

const LAST = Date.parse('2026-11-26T12:17:03Z');

it.each([
  ['17 * * * *', 0, '2026-11-26T13:17', '2026-11-26T13:47'],
  ['0 3 * * *', 0, '2026-11-27T03:00', '2026-11-27T15:00'],
  ['* * * * *', 0, '2026-11-26T12:18', '2026-11-26T12:33'],
  ['17 * * * *', 30 * 60_000, '2026-11-26T13:17', '2026-11-26T14:17'],
])('after %s with a jitter of %d ms', (expression, jitter, due, overdue) => {
  const deadline = deadlineAfter(LAST, occurrences(expression, 'UTC'), jitter);
  expect(new Date(deadline.due).toISOString()).toMatch(due);
  expect(new Date(deadline.overdue).toISOString()).toMatch(overdue);
});
