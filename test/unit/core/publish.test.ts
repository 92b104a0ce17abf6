import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import { type Destination, publish, type PublishRequest } from '../../../src/core/publish.ts';
import type { StoredSnapshot } from '../../../src/core/snapshot-id.ts';
import { Spool } from '../../../src/core/spool.ts';
import { ClawbackError } from '../../../src/ports/errors.ts';
import type { Storage } from '../../../src/ports/storage.ts';
import { away } from '../../support/away.ts';
import { each } from '../../support/snapshots.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

let spool: Spool;
let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let nas: Destination;
let offsite: Destination & { readonly storage: { isBack: boolean } };

beforeEach(async () => {
  scope = await temporaryDirectory();
  spool = await Spool.open(join(scope.path, 'work'), 'prod-1');
  nas = { name: 'nas', storage: memoryStorage('memory://nas') };
  offsite = { name: 'offsite', storage: away(memoryStorage('memory://offsite')) };
});

afterEach(() => scope[Symbol.asyncDispose]());

/** @param base `digest16` of the full snapshot that it goes with, if it is a differential one */
async function sealed(second: number, base: string | null = null): Promise<StoredSnapshot> {
  const createdAt = `2026-11-22T20:34:${String(second).padStart(2, '0')}Z`;
  const options = { createdAt, base: () => base, signal: new AbortController().signal };
  return (await spool.add(each([Buffer.from(`snapshot ${second}`)]), options)).snapshot;
}

const send = async (request: Partial<PublishRequest>, signal = new AbortController().signal) =>
  publish(spool, { waiting: await spool.waiting(), destinations: [nas, offsite], ...request }, signal);

async function keysIn(storage: Storage): Promise<string[]> {
  return (await Array.fromAsync(storage.list(''))).map(({ key }) => key);
}

describe('publishing', () => {
  test('puts a snapshot to every destination and lets go of it', async () => {
    offsite.storage.isBack = true;
    const { id, key } = await sealed(1);
    expect(await send({})).toEqual([
      { name: 'nas', location: 'memory://nas', ok: true, delivered: [id], error: null },
      { name: 'offsite', location: 'memory://offsite', ok: true, delivered: [id], error: null },
    ]);
    expect([await keysIn(nas.storage), await keysIn(offsite.storage)]).toEqual([[key], [key]]);
    expect(await spool.waiting()).toEqual([]);
  });

  test('keeps what one of two destinations did not take, and delivers it with the next run', async () => {
    const first = await sealed(1);
    expect(await send({})).toMatchObject([
      { name: 'nas', ok: true, delivered: [first.id], error: null },
      { name: 'offsite', ok: false, delivered: [], error: { code: 'UNAVAILABLE' } },
    ]);
    expect(await spool.waiting()).toEqual([first]);

    offsite.storage.isBack = true;
    const second = await sealed(2);
    expect(await send({})).toMatchObject([
      { name: 'nas', ok: true, delivered: [second.id] },
      { name: 'offsite', ok: true, delivered: [second.id, first.id] },
    ]);
    expect(await spool.waiting()).toEqual([]);
  });

  test('counts a snapshot that is there already as delivered', async () => {
    offsite.storage.isBack = true;
    const snapshot = await sealed(1);
    await offsite.storage.put(snapshot.key, await spool.body(snapshot));
    expect(await send({})).toMatchObject([
      { ok: true, delivered: [snapshot.id] },
      { ok: true, delivered: [] },
    ]);
    expect(await spool.waiting()).toEqual([]);
  });

  test('keeps the full snapshot that differential ones which are kept for an absent destination need', async () => {
    const full = await sealed(0);
    await send({});
    for (let second = 1; second <= 7; second++) {
      await sealed(second, full.digest16);
      await send({});
    }
    const kept = (await spool.waiting()).map(({ createdAt }) => Number(createdAt.slice(17, 19)));
    expect(kept).toEqual([7, 6, 5, 4, 3, 0]);
  });

  test('keeps five for a destination that stays away, the newest ones', async () => {
    for (let second = 1; second <= 8; second++) {
      await sealed(second);
      await send({});
    }
    const kept = (await spool.waiting()).map(({ createdAt }) => createdAt.slice(18, 19));
    expect(kept).toEqual(['8', '7', '6', '5', '4']);
    expect(await keysIn(nas.storage)).toHaveLength(8);
  });

  test('never drops a snapshot that nobody holds', async () => {
    for (let second = 1; second <= 8; second++) {
      await sealed(second);
      await send({ destinations: [offsite] });
    }
    expect(await spool.waiting()).toHaveLength(8);
  });

  test('of the snapshots it is given, touches no other that waits', async () => {
    const owed = await sealed(1);
    await send({});
    const wanted = await sealed(2);
    await send({ waiting: [wanted], destinations: [nas] });
    expect(await spool.waiting()).toEqual([owed]);
  });

  test('that is interrupted rejects, and keeps everything', async () => {
    await sealed(1);
    await expect(send({ destinations: [nas] }, AbortSignal.abort())).rejects.toThrow();
    expect(await spool.waiting()).toHaveLength(1);
  });
});

/** As with credentials that may put and list, and nothing else. */
function writeOnly(storage: Storage): Storage {
  const denied = (): Promise<never> => Promise.reject(new ClawbackError('DENIED', 'access denied'));
  return {
    location: storage.location,
    put: (key, body, options) => storage.put(key, body, options),
    list: (prefix, options) => storage.list(prefix, options),
    get: denied,
    delete: denied,
    sweep: denied,
  };
}

test('credentials that may neither read nor delete are enough to deliver, also what is there already', async () => {
  const vault = { name: 'vault', storage: writeOnly(nas.storage) };
  const first = await sealed(1);
  await nas.storage.put(first.key, await spool.body(first));
  await sealed(2);
  expect(await send({ destinations: [vault] })).toMatchObject([{ ok: true, error: null }]);
  expect(await keysIn(nas.storage)).toHaveLength(2);
  expect(await spool.waiting()).toEqual([]);
});
