import { expect, it } from 'vitest';
import { questionsOf, stepsOf } from '../../../../src/core/drill/outline.ts';
import type { Check, DeviceReport } from '../../../../src/core/drill/report.ts';

function check(id: string, status: Check['status'], fix?: string): Check {
  return { id, status, title: `${id} is right`, evidence: 'seen', ...(fix === undefined ? {} : { fix }) };
}

function device(name: string | null, verdict: DeviceReport['verdict'], fix?: string): DeviceReport {
  return { deviceId: 'd'.repeat(64), name, roles: [], verdict, reason: 'why', ...(fix === undefined ? {} : { fix }) };
}

it('every check answers one of six questions, also one of a later release', () => {
  const ids = ['integrity', 'token-sources', 'devices', 'canary', 'content', 'start', 'checklist-port', 'weather'];
  const questions = questionsOf({ checks: ids.map((id) => check(id, 'ok')) });
  expect(questions.map(({ checks }) => checks.map(({ id }) => id))).toEqual([
    ['integrity'],
    ['token-sources'],
    ['devices', 'canary'],
    ['content'],
    ['start'],
    ['checklist-port', 'weather'],
  ]);
});

it('a question is as good as its worst check, and not known if it was not asked', () => {
  const checks = [
    check('devices', 'ok'),
    check('canary', 'fail'),
    check('checklist-a', 'unknown'),
    check('content', 'ok'),
  ];
  const statuses = questionsOf({ checks }).map(({ status }) => status);
  expect(statuses).toEqual(['unknown', 'unknown', 'fail', 'ok', 'unknown', 'unknown']);
});

it('the worst is to be done first, and what devices have in common once', () => {
  const checks = [
    check('integrity', 'ok', 'never said'),
    check('checklist-port', 'warn', 'set it'),
    check('token', 'fail', 'give it back'),
    check('devices', 'warn', 'said by the devices'),
  ];
  const devices = [
    device('phone', 'enter-token', 'enter it'),
    device('garage', 'keeps', 'never said'),
    device(null, 'enter-token', 'enter it'),
    device('tablet', 'approve-again', 'approve it'),
  ];
  expect(stepsOf({ checks, devices, todo: [{ title: 'start it', command: 'start' }, { title: 'look' }] })).toEqual([
    { fix: 'give it back', why: 'so that token is right' },
    { fix: 'set it', why: 'so that checklist-port is right' },
    { fix: 'enter it', why: 'phone, dddddddddddd: enter the token again' },
    { fix: 'approve it', why: 'tablet: approve again' },
    { fix: 'start', why: 'start it' },
    { fix: null, why: 'look' },
  ]);
});
