import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import { type PruneMemory, prune, type PruneOutcome, type PruneRequest } from '../../../src/core/prune.ts';
import type { Destination } from '../../../src/core/publish.ts';
import { takeStock } from '../../../src/core/retention/stock.ts';
import type { StatusDocument } from '../../../src/core/status/document.ts';
import { readStatus, writeStatus } from '../../../src/core/status/series.ts';
import { tagKey } from '../../../src/core/tags.ts';
import { zone } from '../../../src/core/zone.ts';
import type { InstanceLock } from '../../../src/ports/lock.ts';
import type { Storage } from '../../../src/ports/storage.ts';
import { faulty } from '../../support/faulty.ts';
import { NO_RULE } from '../../support/retention.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

const SIGNAL = new AbortController().signal;
const MEMORY: PruneMemory = { bad: new Set(), drilled: new Set(), alarms: [], confirmed: '' };

let nas: Storage;
let locked: string[];
let scope: Awaited<ReturnType<typeof temporaryDirectory>>;

const lock: InstanceLock = {
  acquire: (instance) => {
    locked.push(instance);
    return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() });
  },
};

beforeEach(async () => {
  scope = await temporaryDirectory();
  nas = memoryStorage('memory://nas');
  locked = [];
});

afterEach(() => scope[Symbol.asyncDispose]());

/** Day of November, and which full a differential needs. */
const idOf = (day: number): string =>
  `202611${String(day).padStart(2, '0')}T100000Z-00000000000000${String(day).padStart(2, '0')}`;
const full = (day: number): string => `prod-1/${idOf(day)}.full.tar.zst.age`;
const differential = (day: number, base: number): string =>
  `prod-1/${idOf(day)}.diff-00000000000000${String(base).padStart(2, '0')}.tar.zst.age`;

async function fill(storage: Storage, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await storage.put(key, new Blob(['sealed']));
}

async function keysIn(storage: Storage): Promise<string[]> {
  return (await Array.fromAsync(storage.list(''))).map(({ key }) => key);
}

function run(
  request: Partial<PruneRequest> = {},
  destinations: readonly Destination[] = [{ name: 'nas', storage: nas }],
): Promise<PruneOutcome> {
  return prune(
    {
      instance: 'prod-1',
      policy: { ...NO_RULE, last: 2 },
      clock: { zone: zone('UTC'), now: Date.parse('2026-11-26T00:00:00Z') },
      destinations,
      dryRun: false,
      memory: MEMORY,
      workDir: scope.path,
      ...request,
    },
    lock,
    SIGNAL,
  );
}

const status = (change: Partial<StatusDocument>): StatusDocument => ({
  format: 1,
  instance: 'prod-1',
  clawbackVersion: '0.1.0',
  lastSuccess: '2026-11-03T10:00:00Z',
  snapshot: idOf(3),
  bytes: 6,
  nextDue: null,
  overdueAfter: null,
  lastDrill: null,
  alarm: null,
  ...change,
});

describe('prune', () => {
  it('removes what the policy does not keep, under the lock of the instance', async () => {
    await fill(nas, full(1), full(2), full(3));
    const { destinations } = await run();
    expect(await keysIn(nas)).toEqual([full(2), full(3)]);
    expect(destinations[0]?.removed).toEqual([idOf(1)]);
    expect(locked).toEqual(['prod-1']);
  });

  it('never touches keys that are not ours, and counts them', async () => {
    const foreign = [
      'prod-1/notes.txt',
      `prod-1/${idOf(1)}.full.tar.zst.age.bak`,
      `prod-1/old/${idOf(1)}.full.tar.zst.age`,
    ];
    await fill(nas, ...foreign, full(1), full(2), full(3), 'prod-10/x', 'prod-1/lease/00000001.json');
    const { destinations } = await run();
    expect(await keysIn(nas)).toEqual(expect.arrayContaining([...foreign, 'prod-10/x', 'prod-1/lease/00000001.json']));
    expect(destinations[0]?.foreign).toBe(3);
  });

  it('removes nothing in a dry run', async () => {
    await fill(nas, full(1), full(2), full(3));
    const { destinations } = await run({ dryRun: true });
    expect(destinations[0]?.decision?.remove.map(({ id }) => id)).toEqual([idOf(1)]);
    expect(await keysIn(nas)).toHaveLength(3);
  });

  it('looks at each destination by itself', async () => {
    const offsite = memoryStorage('memory://offsite');
    await fill(nas, full(1), full(2), full(3));
    await fill(offsite, full(1), full(3));
    await run({}, [
      { name: 'nas', storage: nas },
      { name: 'offsite', storage: offsite },
    ]);
    expect(await keysIn(nas)).toEqual([full(2), full(3)]);
    expect(await keysIn(offsite)).toEqual([full(1), full(3)]);
  });

  it('goes on where another destination is away, and fails if all are', async () => {
    const away = faulty(memoryStorage(), { fails: () => true });
    await fill(nas, full(1), full(2), full(3));
    const { destinations } = await run({}, [
      { name: 'away', storage: away },
      { name: 'nas', storage: nas },
    ]);
    expect(destinations.map(({ error }) => error?.code ?? null)).toEqual(['UNAVAILABLE', null]);
    expect(await keysIn(nas)).toHaveLength(2);
    await expect(run({}, [{ name: 'away', storage: away }])).rejects.toThrow(/as ordered/);
  });

  it('refuses a policy without a rule before it looks anywhere', async () => {
    const away = faulty(memoryStorage(), { fails: () => true });
    await expect(run({ policy: NO_RULE }, [{ name: 'away', storage: away }])).rejects.toThrow(/no rule/);
  });

  it('removes tags with their snapshot, and tags of snapshots that are not there', async () => {
    const tags = [tagKey('prod-1', idOf(1), 'x'), tagKey('prod-1', idOf(3), 'y'), tagKey('prod-1', idOf(9), 'z')];
    await fill(nas, full(1), full(2), full(3), ...tags);
    await run();
    expect(await keysIn(nas)).toEqual([full(2), full(3), tagKey('prod-1', idOf(3), 'y')]);
  });

  it('keeps what has a tag of the policy', async () => {
    await fill(nas, full(1), full(2), full(3), tagKey('prod-1', idOf(1), 'before-upgrade'));
    const { destinations } = await run({ policy: { ...NO_RULE, last: 1, keepTags: ['before-upgrade'] } });
    expect(destinations[0]?.removed).toEqual([idOf(2)]);
  });

  it('bounds the small objects: three status objects and a hundred drills', async () => {
    for (let count = 1; count <= 5; count += 1) await fill(nas, `prod-1/status/0000000${count}.json`);
    for (let count = 100; count < 203; count += 1) {
      await fill(nas, `prod-1/drills/20261101T100${count}Z-0123456789abcdef.json.age`);
    }
    await run();
    const stock = await takeStock(nas, 'prod-1', SIGNAL);
    expect(stock.status).toEqual([3, 4, 5].map((number) => `prod-1/status/0000000${number}.json`));
    expect(stock.drills).toHaveLength(100);
    expect(stock.drills[0]).toContain('T100103Z');
  });

  it('leaves nothing dangling, wherever it is broken off', async () => {
    const everything = [full(1), differential(2, 1), differential(3, 1), full(4), differential(5, 4), full(6), full(7)];
    const tags = [tagKey('prod-1', idOf(1), 'x'), tagKey('prod-1', idOf(2), 'x'), tagKey('prod-1', idOf(5), 'x')];
    for (let limit = 0; limit <= 8; limit += 1) {
      const storage = memoryStorage();
      await fill(storage, ...everything, ...tags);
      const dies = faulty(storage, { fails: ({ operation, count }) => operation === 'delete' && count > limit });
      await run({}, [{ name: 'dies', storage: dies }]).catch(() => undefined);
      const { snapshots, tags: left } = await takeStock(storage, 'prod-1', SIGNAL);
      expect(await keysIn(storage)).toHaveLength(everything.length + tags.length - limit);
      const fulls = new Set(snapshots.filter(({ base }) => base === null).map(({ digest16 }) => digest16));
      expect(snapshots.filter(({ base }) => base !== null && !fulls.has(base))).toEqual([]);
      const ids = new Set<string>(snapshots.map(({ id }) => id));
      expect(left.filter(({ snapshot }) => !ids.has(snapshot))).toEqual([]);
    }
  });

  it('reports what a storage does not let go of, and keeps the full of a differential among it', async () => {
    await fill(nas, full(1), differential(2, 1), full(3), full(4), full(5));
    const writeOnce: Storage = {
      location: nas.location,
      put: (key, body) => nas.put(key, body),
      get: (key, options) => nas.get(key, options),
      list: (prefix) => nas.list(prefix),
      sweep: (prefix, options) => nas.sweep(prefix, options),
      delete: (key) =>
        key === differential(2, 1) ? faulty(nas, { fails: () => true, code: 'DENIED' }).delete(key) : nas.delete(key),
    };
    const { destinations } = await run({}, [{ name: 'nas', storage: writeOnce }]);
    expect(destinations[0]).toMatchObject({ removed: [idOf(3)], error: null });
    expect(destinations[0]?.undeletable.map(({ id }) => id)).toEqual([idOf(2), idOf(1)]);
    expect(await keysIn(nas)).toEqual([full(1), differential(2, 1), full(4), full(5)]);
  });

  it('is held back by an alarm that nobody has confirmed', async () => {
    await fill(nas, full(1), full(2), full(3));
    const alarm = { snapshot: idOf(3), findings: ['devices fell from 6 to 0'] };
    expect((await run({ memory: { ...MEMORY, alarms: [alarm] } })).alarm).toEqual(alarm);
    expect(await keysIn(nas)).toHaveLength(3);
  });

  it('is held back by an alarm that only a status object remembers; a confirmation ends it there too', async () => {
    await fill(nas, full(1), full(2), full(3));
    await writeStatus(nas, status({ alarm: idOf(3) }), SIGNAL);
    expect((await run()).alarm).toEqual({ snapshot: idOf(3), findings: ['so says the status object in nas'] });
    expect((await takeStock(nas, 'prod-1', SIGNAL)).snapshots).toHaveLength(3);
    expect((await run({ memory: { ...MEMORY, confirmed: idOf(3) } })).alarm).toBeNull();
    expect((await takeStock(nas, 'prod-1', SIGNAL)).snapshots).toHaveLength(2);
    expect(await readStatus(nas, 'prod-1', SIGNAL)).toEqual(status({ alarm: null }));
  });

  it('keeps the full of a differential that waits in the spool', async () => {
    await fill(nas, full(1), full(2), full(3), full(4));
    await tree(scope.path, { [`spool/${differential(9, 1)}`]: 'sealed' });
    expect((await run()).destinations[0]?.removed).toEqual([idOf(2)]);
  });

  it('keeps the newest that passed a drill, by this memory or by that of the storage', async () => {
    await fill(nas, full(1), full(2), full(3), full(4), full(5));
    await writeStatus(
      nas,
      status({ lastDrill: { at: '2026-11-02T00:00:00Z', verdict: 'pass', snapshot: idOf(2) } }),
      SIGNAL,
    );
    const { destinations } = await run({ memory: { ...MEMORY, drilled: new Set([idOf(1)]) } });
    expect(destinations[0]?.removed).toEqual([idOf(1), idOf(3)]);
  });
});
