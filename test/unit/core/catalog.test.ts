import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import { storedSource } from '../../../src/core/archive/stored.ts';
import { catalog } from '../../../src/core/catalog.ts';
import { openHeld } from '../../../src/core/open-held.ts';
import type { Destination } from '../../../src/core/publish.ts';
import { snapshotId, snapshotKey } from '../../../src/core/snapshot-id.ts';
import { away } from '../../support/away.ts';
import { FACTS, file, directory, IDENTITY, packed, TRUST } from '../../support/snapshots.ts';
import { stored } from './stored.ts';

const { signal } = new AbortController();

let near: Destination;
let far: Destination;
let down: Destination;

beforeEach(() => {
  near = { name: 'near', storage: memoryStorage() };
  far = { name: 'far', storage: memoryStorage() };
  down = { name: 'down', storage: away(memoryStorage()) };
});

const snapshotOf = (content: string) => packed([directory('state'), file('state/note', content)]);

describe('a catalog', () => {
  test('shows every snapshot once, newest first, with all who hold it, nearest first', async () => {
    const both = await stored(await snapshotOf('both'), [near, far]);
    const newer = snapshotKey('test', snapshotId('2026-12-01T00:00:00Z', 'f'.repeat(64)));
    const one = await stored(await snapshotOf('one'), [far], newer);
    const { snapshots, failures } = await catalog([near, far], 'test', signal);
    expect(snapshots).toEqual([
      { ...one, holders: [far] },
      { ...both, holders: [near, far] },
    ]);
    expect(failures).toEqual([]);
  });

  test('shows one instance or all of them, and nothing that is no snapshot', async () => {
    await stored(await snapshotOf('x'), [near]);
    await stored(await snapshotOf('y'), [near], snapshotKey('test-2', snapshotId(FACTS.createdAt, 'e'.repeat(64))));
    await near.storage.put('test/notes.txt', new Blob(['x']));
    await near.storage.put('lost/test/20261122T203437Z-0123456789abcdef.full.tar.zst.age', new Blob(['x']));
    const instances = async (instance: string | null): Promise<string[]> =>
      (await catalog([near], instance, signal)).snapshots.map((snapshot) => snapshot.instance);
    expect(await instances('test')).toEqual(['test']);
    expect((await instances(null)).sort()).toEqual(['test', 'test-2']);
  });

  test('tells a holder from one that has something of another size, in whatever order they are asked', async () => {
    const held = await stored(await snapshotOf('whole'), [near]);
    await far.storage.put(held.key, new Blob(['part']));
    for (const order of [
      [near, far],
      [far, near],
    ]) {
      const { snapshots } = await catalog(order, null, signal);
      expect(snapshots).toEqual([{ ...held, holders: [near], misfits: [{ destination: far, bytes: 4 }] }]);
    }
  });

  test('names a destination that is down and shows what the others hold', async () => {
    await stored(await snapshotOf('x'), [near]);
    const { snapshots, failures } = await catalog([down, near], null, signal);
    expect(snapshots).toHaveLength(1);
    expect(failures).toMatchObject([{ name: 'down', error: { code: 'UNAVAILABLE' } }]);
  });

  test('that nobody answers for is an error, not an empty one', async () => {
    await expect(catalog([down, down], null, signal)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('openHeld', () => {
  const reading = { keyring: { identities: [IDENTITY] }, trust: TRUST };

  test('opens the snapshot that its key names', async () => {
    const held = await stored(await snapshotOf('x'), [near]);
    expect((await openHeld(held, storedSource(near.storage, held), reading)).manifest.instance).toBe('test');
  });

  test.each([
    ['another instance', 'other', FACTS.createdAt],
    ['another time', 'test', '2027-01-01T00:00:00Z'],
  ])('refuses one that was renamed to %s', async (_, instance, createdAt) => {
    const made = await snapshotOf('x');
    const held = await stored(made, [near], snapshotKey(instance, snapshotId(createdAt, made.digest)));
    await expect(openHeld(held, storedSource(near.storage, held), reading)).rejects.toMatchObject({
      code: 'INTEGRITY',
    });
  });
});
