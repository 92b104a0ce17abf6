import { expect, it } from 'vitest';
import type { Run } from '../../../../src/core/history.ts';
import { endOf, startOf } from '../../../../src/core/notify/of-run.ts';
import type { SnapshotId } from '../../../../src/core/snapshot-id.ts';

const SAYING = { instance: 'prod-1', hostname: 'ams-3', at: '2026-11-26T04:17:09Z' };
const RAN = { startedAt: '2026-11-26T04:17:00.000Z', seconds: 8.2, ok: true };
const DENIED = { code: 'DENIED', message: 'the bucket refuses access', hint: 'see whether the key is valid' };

const STORED = {
  ...RAN,
  job: 'backup',
  snapshot: '20261126T041700Z-5de2fe7bc94f7623' as SnapshotId,
  bytes: 61_440_000,
  destinations: [{ name: 'nas', ok: true }],
} as const;

it.each<[string, Run, string, string, readonly (string | RegExp)[]]>([
  ['a backup', STORED, 'success', 'backup of prod-1 is done', ['61.4 MB stored in nas in 9 s']],
  [
    'a backup that one destination did not take',
    {
      ...STORED,
      destinations: [
        { name: 'nas', ok: true },
        { name: 'offsite', ok: false, error: 'no answer in 60 s' },
      ],
    },
    'failure',
    'backup of prod-1 failed in part',
    ['offsite failed: no answer in 60 s', '61.4 MB stored in nas in 9 s', /^to do: clawback storage check/],
  ],
  [
    'a backup that nobody took',
    { ...STORED, ok: false, destinations: [{ name: 'nas', ok: false, error: 'the disk is full' }] },
    'failure',
    'backup of prod-1 failed',
    ['nas failed: the disk is full', '', /^to do/],
  ],
  [
    'a backup of a corrupt database',
    { ...STORED, damaged: true },
    'failure',
    'backup of prod-1 holds damage',
    [/corrupt/, '61.4 MB stored in nas in 9 s', /^to do/],
  ],
  [
    'a job that failed',
    { ...RAN, job: 'prune', ok: false, error: DENIED },
    'failure',
    'prune of prod-1 failed',
    ['the bucket refuses access', 'to do: see whether the key is valid'],
  ],
  [
    'a verify that could not read',
    { ...RAN, job: 'verify', ok: false, error: DENIED },
    'failure',
    'verify of prod-1 failed',
    ['the bucket refuses access', /^to do/],
  ],
  [
    'a verify',
    { ...RAN, job: 'verify', copies: 14, bad: 0 },
    'verify',
    'verify of prod-1 found everything whole',
    ['14 of 14 copies are as they were written'],
  ],
  [
    'a verify that found something',
    { ...RAN, job: 'verify', ok: false, copies: 14, bad: 2 },
    'verify',
    'verify of prod-1 found damage',
    ['2 of 14 copies are not as they were written', /^to do/],
  ],
  ['a drill', { ...RAN, job: 'drill', verdict: 'pass' }, 'drill', 'drill of prod-1 passed', []],
  [
    'a drill that failed',
    { ...RAN, ok: false, job: 'drill', verdict: 'fail' },
    'drill',
    'drill of prod-1 FAILED',
    [/^to do/],
  ],
  [
    'a drill that could not boot',
    { ...RAN, ok: false, job: 'drill', verdict: 'incomplete' },
    'drill',
    'drill of prod-1 is INCOMPLETE: it proves nothing',
    [/^to do/],
  ],
])('%s', (_, run, event, summary, details) => {
  const said = endOf(run, SAYING);
  expect(said).toMatchObject({ ...SAYING, job: run.job, event, summary, seconds: 8.2 });
  expect(said?.details).toEqual(
    details.map((line) => (typeof line === 'string' ? line : (expect.stringMatching(line) as string))),
  );
  const isBad = details.some((line) => line instanceof RegExp || line.startsWith('to do'));
  expect(said?.ok).toBe(!isBad);
});

it('is silent about a prune that went well, and about what a person interrupted', () => {
  expect(endOf({ ...RAN, job: 'prune', removed: 3 }, SAYING)).toBeNull();
  const interrupted = { code: 'ABORTED', message: 'interrupted' };
  expect(endOf({ ...RAN, job: 'backup', ok: false, error: interrupted }, SAYING)).toBeNull();
});

it('says when a job begins', () => {
  expect(startOf('backup', SAYING)).toMatchObject({ event: 'start', ok: true, summary: 'backup of prod-1 started' });
});
