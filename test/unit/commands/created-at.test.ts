import { afterEach, beforeEach, expect, it } from 'vitest';
import { createdAtNow } from '../../../src/commands/created-at.ts';
import { History } from '../../../src/core/history.ts';
import type { SnapshotId } from '../../../src/core/snapshot-id.ts';
import { countingContext } from '../../support/counting-context.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

let home: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  home = await temporaryDirectory();
});

afterEach(() => home[Symbol.asyncDispose]());

it.each([
  ['2026-11-26T12:00:07.900Z', '2026-11-26T12:00:07Z', 'the second before'],
  ['2026-11-26T12:00:06.100Z', '2026-11-26T12:00:07Z', 'the same second'],
  ['2026-11-26T11:59:40.000Z', '2026-11-26T12:00:07Z', 'a clock that was set back a little'],
  ['2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00Z', 'a clock that was a year ahead'],
])('at %s a snapshot is of %s (%s)', async (now, expected) => {
  const { context } = await countingContext(home.path);
  const run = { job: 'backup', startedAt: '2026-11-26T12:00:06.500Z', seconds: 1, ok: true } as const;
  const snapshot = '20261126T120006Z-5de2fe7bc94f7623' as SnapshotId;
  await new History(context.paths.stateDir, 'prod-1').append({ ...run, snapshot });
  expect(await createdAtNow('prod-1', { ...context, now: () => new Date(now) })).toBe(expected);
});

it('the first snapshot is of now', async () => {
  const { context } = await countingContext(home.path);
  const now = (): Date => new Date('2026-11-26T12:00:07.900Z');
  expect(await createdAtNow('prod-1', { ...context, now })).toBe('2026-11-26T12:00:07Z');
});
