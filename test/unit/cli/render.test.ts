import { describe, expect, it } from 'vitest';
import { pageOf } from '../../../src/cli/page.ts';
import { backupExit, renderBackup } from '../../../src/cli/render/backup.ts';
import { drillExit, renderDrill } from '../../../src/cli/render/drill.ts';
import { renderDiff } from '../../../src/cli/render/diff.ts';
import { renderList } from '../../../src/cli/render/list.ts';
import { renderLs } from '../../../src/cli/render/ls.ts';
import { renderRestore, restoreExit } from '../../../src/cli/render/restore.ts';
import { renderVerify, verifyExit } from '../../../src/cli/render/verify.ts';
import type { BackupResult } from '../../../src/commands/backup.ts';
import type { SnapshotId } from '../../../src/core/snapshot-id.ts';
import { DRILL, drillOfDevice, GOOD_DRILL } from '../../support/drill-report.ts';

const PAGE = pageOf({}, {});
const ID = '20261122T203437Z-0123456789abcdef' as SnapshotId;
const SNAPSHOT = {
  id: ID,
  key: `prod-1/${ID}.full.tar.zst.age`,
  kind: 'full',
  instance: 'prod-1',
  createdAt: '2026-11-22T20:34:37Z',
  bytes: 12_897_485,
} as const;

describe('a backup', () => {
  const result: BackupResult = {
    snapshot: { ...SNAPSHOT, files: 1234, digest: '0123456789abcdef'.repeat(4) },
    destinations: [
      { name: 'nas', location: 'file:///mnt/my%20nas', ok: true, caughtUp: [] },
      { name: 'offsite', location: 's3://bucket/claw', ok: false, caughtUp: [], error: 'no route to host' },
    ],
    warnings: [],
    seconds: 4.21,
  };

  it('ends with commands that restore it, quoted for the shell', () => {
    const text = renderBackup(result, PAGE, '/etc/my claw.json5');
    expect(text.split('\n').slice(-4)).toEqual([
      `  clawback restore ${ID} --in-place --config '/etc/my claw.json5'`,
      `  clawback restore ${ID} --in-place \\`,
      '    --from file:///mnt/my%20nas --identity recovery-kit.txt',
      '',
    ]);
  });

  it('is done in part if a destination failed, and damaged if a database was', () => {
    expect(backupExit(result)).toBe(3);
    const whole = { ...result, destinations: result.destinations.slice(0, 1) };
    expect(backupExit(whole)).toBe(0);
    expect(backupExit({ ...whole, warnings: [{ message: 'gone while it was read', severity: 'note' }] })).toBe(0);
    expect(backupExit({ ...whole, warnings: [{ message: 'malformed', severity: 'damage' }] })).toBe(4);
  });

  it('fits 80 columns', () => {
    expect(longest(renderBackup(result, PAGE))).toBeLessThanOrEqual(80);
  });
});

describe('a list', () => {
  const listed = { ...SNAPSHOT, destinations: ['nas', 'offsite'] };

  it('names the instance only where there are several', () => {
    expect(renderList({ snapshots: [listed] })).toBe(
      `SNAPSHOT                           TAKEN                     SIZE  IN\n${ID}  2026-11-22 20:34 UTC  12.3 MiB  nas, offsite\n`,
    );
    expect(renderList({ snapshots: [listed, { ...listed, instance: 'prod-2' }] })).toContain('prod-2');
  });

  it('fits 80 columns', () => {
    expect(longest(renderList({ snapshots: [listed] }))).toBeLessThanOrEqual(80);
  });

  it('of nothing says what to do', () => {
    expect(renderList({ snapshots: [] })).toContain('clawback backup');
  });
});

describe('a verification', () => {
  const results = [
    { id: ID, destination: 'nas', ok: true, level: 'digest' as const, problems: [] },
    {
      id: ID,
      destination: 'offsite',
      ok: false,
      level: 'full' as const,
      problems: [{ path: 'state/x', message: 'altered', expected: 'aa', found: 'bb' }],
    },
  ];

  it('says how deep it looked, and what it found', () => {
    const text = renderVerify({ results }, PAGE);
    expect(text).toMatch(/^ok .* nas {6}digest alone/);
    expect(text).toMatch(/^BAD .* offsite {2}every hash/m);
    expect(text).toContain('state/x: altered (expected aa, found bb)');
  });

  it('says no if one snapshot is bad', () => {
    expect([verifyExit({ results }), verifyExit({ results: results.slice(0, 1) })]).toEqual([4, 0]);
  });
});

describe('a drill', () => {
  it('answers six questions with evidence, then the verdict, and last what to do next', () => {
    const text = renderDrill(DRILL, PAGE);
    expect(text).toMatch(/ok {4}1\. Is every byte what it was\?\n +1,234 files\n/);
    expect(text).toMatch(/FAIL {2}4\. Is everything there\?\n +cron jobs 45 → 1\n/);
    expect(text).toMatch(/\? {5}6\. Is the deployment sound\?\n {2}\? {8}the state is on a disk\n {11}it is not on/);
    expect(text).toMatch(/^phone {9}operator {2}approve again\ngarage {8}node {6}keeps its access\n/m);
    expect(text).toMatch(/^phone, ffffffffffff: its approval is not in the restored state$/m);
    expect(text).toMatch(/^state \.env +gives none$/m);
    expect(text.slice(text.indexOf('FAIL: '))).toMatch(
      /^.*\n.*30 s in all\n\nWhat to do next:\n {2}1\. so that everything that was there is there\n {5}restore to .*\n {2}2\. phone, ffffffffffff: approve again\n {5}approve it\n$/,
    );
  });

  it('with nothing to do ends with its verdict', () => {
    expect(renderDrill(GOOD_DRILL, PAGE)).toMatch(/PASS: this snapshot comes back\n.*30 s in all\n$/);
  });

  it('fits the page, phones over ssh included', () => {
    for (const columns of [40, 60, 80]) {
      expect(longest(renderDrill(DRILL, pageOf({ columns }, {})))).toBeLessThanOrEqual(columns);
    }
  });

  it('lets no name of a device write to the terminal', () => {
    const text = renderDrill(drillOfDevice('red\u001B[31m\u202E\nPASS'), PAGE);
    expect(text).toContain('red\uFFFD[31m\uFFFD PASS');
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u001B\u202E]/);
  });

  it('is a success with remarks, and none if it failed or could not ask', () => {
    const exits = (['pass', 'warn', 'fail', 'incomplete'] as const).map((verdict) => drillExit({ ...DRILL, verdict }));
    expect(exits).toEqual([0, 0, 4, 4]);
  });

  it('that fails after a restore makes the restore fail, and one that could not be carried out does not', () => {
    const restored = { snapshot: SNAPSHOT, target: '/x', activated: true, files: 1, bytes: 2, seconds: 3, todo: [] };
    expect(restoreExit(restored)).toBe(0);
    expect(restoreExit({ ...restored, drill: { ...DRILL, verdict: 'fail' } })).toBe(4);
    expect(restoreExit({ ...restored, drill: { ...DRILL, verdict: 'incomplete' } })).toBe(0);
  });
});

it('a restore ends with what is left to do', () => {
  const todo = [{ title: 'start the Gateway', command: 'openclaw gateway run' }, { title: 'approve the phone' }];
  const result = {
    snapshot: SNAPSHOT,
    target: '/x',
    activated: true,
    previous: '/x.before',
    files: 1,
    bytes: 2,
    seconds: 3,
    todo,
  };
  expect(renderRestore(result, PAGE)).toMatch(
    /moved aside +\/x\.before\n[\s\S]* {2}1\. start the Gateway\n {5}openclaw gateway run\n {2}2\. approve the phone\n$/,
  );
  // What the checks of its drill ask for comes first; the devices stand in the list already.
  const drilled = renderRestore({ ...result, drill: DRILL }, PAGE);
  expect(drilled.slice(drilled.indexOf('What is left'))).toMatch(
    /^.*\n {2}1\. so that everything .*\n {5}restore to .*\n {2}2\. start the Gateway\n.*\n {2}3\. approve the phone\n$/,
  );
});

it('a listing looks as ls -l does', () => {
  const entries = [
    { path: 'state', type: 'directory' as const, size: 0, mode: 0o700, mtime: '2026-11-22T20:34:37Z' },
    { path: 'state/x', type: 'file' as const, size: 2048, mode: 0o644, mtime: '2026-11-22T20:34:37Z', sha256: 'aa' },
  ];
  expect(renderLs({ entries })).toBe(
    'drwx------           2026-11-22 20:34  state\n-rw-r--r--  2.0 KiB  2026-11-22 20:34  state/x\n',
  );
});

it('a difference is in the order of its paths', () => {
  const entry = (path: string) => ({
    path,
    type: 'directory' as const,
    size: 0,
    mode: 0o700,
    mtime: '2026-11-22T20:34:37Z',
  });
  const changed = [{ path: 'c', before: entry('c'), after: { ...entry('c'), mode: 0o755 } }];
  const result = { added: [entry('b')], removed: [entry('a')], changed };
  expect(renderDiff(result, PAGE)).toBe('- a\n+ b\n~ c\n1 path added, 1 removed, 1 changed\n');
});

function longest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}
