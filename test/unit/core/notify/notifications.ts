import type { Notification } from '../../../../src/ports/notifier.ts';

/** That a backup failed in part, or what the test says instead. */
export function notification(facts: Partial<Notification> = {}): Notification {
  return {
    event: 'failure',
    job: 'backup',
    ok: false,
    instance: 'prod-1',
    hostname: 'ams-3',
    at: '2026-11-26T04:17:09Z',
    summary: 'backup of prod-1 failed in part',
    details: ['offsite failed: no answer in 60 s', '61.4 MB stored in nas in 12 s'],
    snapshot: '20261126T041700Z-5de2fe7bc94f7623',
    seconds: 11.2,
    bytes: 61_440_000,
    destinations: [
      { name: 'nas', ok: true },
      { name: 'offsite', ok: false },
    ],
    ...facts,
  };
}
