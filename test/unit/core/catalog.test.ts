import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import { catalog, openHeld, withHolder } from '../../../src/core/catalog.ts';
import { type Destination } from '../../../src/core/publish.ts';
import { snapshotId, snapshotKey } from '../../../src/core/snapshot-id.ts';
import { ClawbackError, type ErrorCode } from '../../../src/ports/errors.ts';
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

describe('withHolder', () => {
  const failing = (code: ErrorCode) => (holder: Destination) =>
    holder === near ? Promise.reject(new ClawbackError(code, 'no')) : Promise.resolve(holder.name);

  test.each<ErrorCode>(['UNAVAILABLE', 'NOT_FOUND', 'DENIED'])('goes on to the next holder after %s', async (code) => {
    const held = await stored(await snapshotOf('x'), [near, far]);
    expect(await withHolder(held, failing(code))).toBe('far');
  });

  test.each<ErrorCode>(['INTEGRITY', 'UNTRUSTED', 'NO_IDENTITY', 'ABORTED'])('stops at %s', async (code) => {
    const held = await stored(await snapshotOf('x'), [near, far]);
    await expect(withHolder(held, failing(code))).rejects.toMatchObject({ code });
  });

  test('gives the last error when none can be reached', async () => {
    const held = await stored(await snapshotOf('x'), [near]);
    await expect(withHolder(held, failing('DENIED'))).rejects.toMatchObject({ code: 'DENIED' });
    await expect(withHolder({ ...held, holders: [] }, failing('DENIED'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('openHeld', () => {
  const reading = { keyring: { identities: [IDENTITY] }, trust: TRUST, signal };

  test('opens the snapshot that its key names', async () => {
    const held = await stored(await snapshotOf('x'), [near]);
    expect((await openHeld(held, near, reading)).manifest.instance).toBe('test');
  });

  test.each([
    ['another instance', 'other', FACTS.createdAt],
    ['another time', 'test', '2027-01-01T00:00:00Z'],
  ])('refuses one that was renamed to %s', async (_, instance, createdAt) => {
    const made = await snapshotOf('x');
    const held = await stored(made, [near], snapshotKey(instance, snapshotId(createdAt, made.digest)));
    await expect(openHeld(held, near, reading)).rejects.toMatchObject({ code: 'INTEGRITY' });
  });
});
