import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Counts } from '../../../src/core/archive/manifest.ts';
import type { Run } from '../../../src/core/history.ts';
import { metricsText, type MetricsSource } from '../../../src/core/metrics.ts';
import type { SnapshotId } from '../../../src/core/snapshot-id.ts';

const COUNTS: Counts = { agents: 1, sessions: 9, messages: 900, cronJobs: 45, devices: 6, channels: 1, plugins: 3 };

const RUNS: readonly Run[] = [
  {
    job: 'backup',
    startedAt: '2026-11-26T05:17:00.500Z',
    seconds: 2.25,
    ok: true,
    snapshot: '20261126T051700Z-0123456789abcdef' as SnapshotId,
    bytes: 4096,
    counts: COUNTS,
    destinations: [
      { name: 'nas', ok: true },
      { name: 'off\\"site', ok: true },
    ],
  },
  {
    job: 'backup',
    startedAt: '2026-11-26T06:17:00.000Z',
    seconds: 3,
    ok: true,
    snapshot: '20261126T061700Z-0123456789abcdef' as SnapshotId,
    bytes: 5000,
    counts: { ...COUNTS, devices: 0 },
    destinations: [
      { name: 'nas', ok: true },
      { name: 'off\\"site', ok: false },
    ],
  },
  { job: 'drill', startedAt: '2026-11-20T09:00:00.000Z', seconds: 40, ok: true, verdict: 'warn' },
  { job: 'verify', startedAt: '2026-11-26T06:30:00.000Z', seconds: 1, ok: false, copies: 2, bad: 1 },
];

/** What the client library of the Prometheus project itself reads; it refuses what is not in the format. */
const READ = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(json.dumps([[s.name, s.labels, s.value, f.type, f.documentation] for f in families for s in f.samples]))
`;

type Sample = [name: string, labels: Record<string, string>, value: number, type: string, help: string];

function read(source: Partial<MetricsSource>): Sample[] {
  const input = metricsText({ instance: 'prod-1', runs: RUNS, due: null, ...source });
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', READ], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Sample[];
}

function valuesOf(samples: readonly Sample[], name: string): Record<string, number> {
  const mine = samples.filter(([each]) => each === name);
  return Object.fromEntries(
    mine.map(([, labels, value]) => {
      const others = Object.entries(labels).filter(([label]) => label !== 'instance');
      return [others.map(([, text]) => text).join(','), value];
    }),
  );
}

describe('the metrics', () => {
  const samples = read({
    due: { due: Date.parse('2026-11-26T07:17:00Z'), overdue: Date.parse('2026-11-26T07:47:00Z') },
  });

  it('are what the Prometheus client library reads: gauges with a help, all of this instance', () => {
    expect(samples.length).toBeGreaterThan(20);
    for (const [name, labels, , type, help] of samples) {
      expect([name, type]).toEqual([name, 'gauge']);
      expect(help).toMatch(/^[1A-Z].*\.$|greater/);
      expect(labels['instance'] ?? labels['version']).toBe(name === 'clawback_info' ? labels['version'] : 'prod-1');
    }
  });

  it.each([
    ['clawback_job_last_run_success', { backup: 1, verify: 0, drill: 1 }],
    ['clawback_job_last_success_timestamp_seconds', { backup: 1_795_673_820, drill: 1_795_165_200 }],
    ['clawback_job_last_run_duration_seconds', { backup: 3, verify: 1, drill: 40 }],
    ['clawback_destination_last_success_timestamp_seconds', { nas: 1_795_673_820, 'off\\"site': 1_795_670_220.5 }],
    ['clawback_backup_next_due_timestamp_seconds', { '': 1_795_677_420 }],
    ['clawback_backup_overdue_timestamp_seconds', { '': 1_795_679_220 }],
    ['clawback_snapshot_size_bytes', { '': 5000 }],
    ['clawback_suspicious_snapshots', { '': 1 }],
    ['clawback_drill_verdict', { pass: 0, warn: 1, fail: 0, incomplete: 0 }],
  ])('tell %s', (name, values) => {
    expect(valuesOf(samples, name)).toEqual(values);
  });

  it('tell what the last snapshot holds', () => {
    expect(valuesOf(samples, 'clawback_snapshot_items')).toMatchObject({ devices: 0, cronJobs: 45 });
  });

  it('of an instance that has never run say no more than that nothing is suspicious', () => {
    expect(read({ runs: [] }).map(([name]) => name)).toEqual(['clawback_info', 'clawback_suspicious_snapshots']);
  });
});
