import { describe, expect, it } from 'vitest';
import { shrinkage, suspicions } from '../../../src/core/alarm.ts';
import type { Counts } from '../../../src/core/archive/manifest.ts';
import type { BackupRun, Run } from '../../../src/core/history.ts';
import type { SnapshotId } from '../../../src/core/snapshot-id.ts';

const FULL: Counts = { agents: 2, sessions: 9, messages: 900, cronJobs: 45, devices: 6, channels: 1, plugins: 3 };

const idOf = (day: number): SnapshotId =>
  `202611${String(day).padStart(2, '0')}T100000Z-0123456789abcdef` as SnapshotId;

function backup(day: number, counts: Partial<Counts> = {}, more: Partial<BackupRun> = {}): BackupRun {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T10:00:00.000Z`;
  return {
    job: 'backup',
    startedAt,
    seconds: 1,
    ok: true,
    snapshot: idOf(day),
    counts: { ...FULL, ...counts },
    ...more,
  };
}

function confirming(day: number): Run {
  return { job: 'prune', startedAt: `2026-11-${day}T12:00:00.000Z`, seconds: 1, ok: true, confirmed: idOf(day) };
}

describe('shrinkage', () => {
  it.each<[Partial<Counts>, string[]]>([
    [{ devices: 0 }, ['devices fell from 6 to 0']],
    [{ cronJobs: 1 }, ['cron jobs fell from 45 to 1']],
    [{ sessions: 0, messages: 0 }, ['sessions fell from 9 to 0', 'messages fell from 900 to 0']],
    [{ messages: 180 }, ['messages fell from 900 to 180']],
    [{ messages: 181, cronJobs: 10, devices: 2 }, []],
    [{ channels: 0 }, []],
    [{ plugins: 0 }, ['plugins fell from 3 to 0']],
    [{ agents: 99, sessions: 99 }, []],
  ])('of %j', (change, findings) => {
    expect(shrinkage(FULL, { ...FULL, ...change })).toEqual(findings);
  });
});

describe('suspicions', () => {
  it('are none while nothing shrinks, and none of the first backup', () => {
    expect(suspicions([backup(1, { devices: 0 }), backup(2), backup(3)])).toEqual({ alarms: [], bad: new Set() });
  });

  it('compare with the last good snapshot, not with the last', () => {
    const runs = [backup(1), backup(2, { devices: 0 }), backup(3, { devices: 0 })];
    expect(suspicions(runs).alarms.map(({ snapshot }) => snapshot)).toEqual([idOf(2), idOf(3)]);
  });

  it('stay until a person confirms, also when all is back', () => {
    const runs = [backup(1), backup(2, { devices: 0 }), backup(3)];
    expect(suspicions(runs).alarms).toEqual([{ snapshot: idOf(2), findings: ['devices fell from 6 to 0'] }]);
    expect(suspicions(runs).bad).toEqual(new Set([idOf(2)]));
  });

  it('end with a confirmation, which makes what was confirmed the measure of what follows', () => {
    const runs = [backup(10), backup(11, { devices: 0 }), backup(12, { devices: 0 }), confirming(12)];
    expect(suspicions(runs)).toEqual({ alarms: [], bad: new Set() });
    expect(suspicions([...runs, backup(13, { devices: 0 })]).alarms).toEqual([]);
    expect(suspicions([...runs, backup(13, { cronJobs: 0 })]).alarms).toHaveLength(1);
  });

  it('are raised by what was not captured whole, which is never good, confirmed or not', () => {
    const runs = [backup(10), backup(11, {}, { damaged: true })];
    expect(suspicions(runs).alarms[0]?.findings).toEqual([expect.stringMatching(/could not be captured whole/)]);
    expect(suspicions([...runs, confirming(11)])).toEqual({ alarms: [], bad: new Set([idOf(11)]) });
  });

  it('do not come from runs that made no snapshot', () => {
    const failed: Run = { job: 'backup', startedAt: '2026-11-02T10:00:00.000Z', seconds: 1, ok: false };
    expect(suspicions([backup(1), failed, backup(3)]).alarms).toEqual([]);
  });
});
