import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import { Lease, type LeaseTiming } from '../../../src/core/lease.ts';
import type { LeaseHolder } from '../../../src/core/lease/record.ts';
import type { Storage } from '../../../src/ports/storage.ts';
import { away } from '../../support/away.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const TIMING: LeaseTiming = { lifetime: 60_000, stop: 10_000, settle: 2000 };
const NEVER = new AbortController().signal;

function setting() {
  const clock = new FakeClock('2026-11-26T12:00:00Z');
  const storage = memoryStorage();
  const waitedFor: string[] = [];
  const trouble: string[] = [];
  const acquire = (
    hostname: string,
    {
      to = storage,
      patience = Infinity,
      takeOver = false,
    }: { to?: Storage; patience?: number; takeOver?: boolean } = {},
  ): Promise<Lease> => {
    const holder: LeaseHolder = { id: `id of ${hostname}`, hostname };
    const ports = {
      clock,
      onWait: (other: LeaseHolder | null) => waitedFor.push(other?.hostname ?? 'nobody'),
      onTrouble: (message: string) => trouble.push(message),
    };
    return Lease.acquire({ instance: 'prod-1', storage: to, holder, timing: TIMING, patience, takeOver }, ports, NEVER);
  };
  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of storage.list('')) found.push(key);
    return found;
  };
  return { clock, storage, acquire, keys, waitedFor, trouble };
}

/** Lets time pass until a promise is fulfilled. */
async function inTime<T>(clock: FakeClock, promise: Promise<T>, limit = 600_000): Promise<T> {
  const over = new AbortController();
  const end = (): void => {
    over.abort();
  };
  promise.then(end, end);
  for (let passed = 0; !over.signal.aborted && passed < limit; passed += 500) await clock.pass(500);
  return promise;
}

describe('a lease', () => {
  it('is renewed as long as it is held, and only its newest object is kept', async () => {
    const { clock, acquire, keys } = setting();
    const lease = await acquire('a');
    await inTime(clock, lease.settled(NEVER));
    await clock.pass(10 * 60_000);
    expect(lease.lost.aborted).toBe(false);
    expect(await keys()).toEqual(['prod-1/lease/00000031.json']);
  });

  it('that was given back is free at once', async () => {
    const { clock, acquire, waitedFor } = setting();
    const first = await acquire('a');
    await first[Symbol.asyncDispose]();
    const second = await acquire('b', { patience: 0 });
    await inTime(clock, second.settled(NEVER));
    expect(waitedFor).toEqual([]);
  });

  it('is refused while it is held, naming the holder', async () => {
    const { clock, acquire } = setting();
    await acquire('a');
    await expect(acquire('b', { patience: 0 })).rejects.toMatchObject({
      code: 'LOCKED',
      message: 'prod-1 runs on another host: a',
    });
    await expect(inTime(clock, acquire('b', { patience: 300_000 }))).rejects.toMatchObject({ code: 'LOCKED' });
  });

  it('of a holder that died is free after its lifetime, whatever that one’s clock said', async () => {
    const { clock, storage, acquire, waitedFor } = setting();
    const record = {
      holder: { id: 'x', hostname: 'dead' },
      state: 'held',
      lifetime: 60_000,
      at: '2099-01-01T00:00:00Z',
    };
    await storage.put('prod-1/lease/00000007.json', new Blob([JSON.stringify(record)]));
    const pending = acquire('b');
    let isHeld = false;
    void pending.then(() => (isHeld = true));
    await clock.pass(60_000);
    expect(isHeld).toBe(false);
    await clock.pass(4000);
    expect(isHeld).toBe(true);
    expect(waitedFor).toEqual(['dead']);
    await inTime(clock, (await pending).settled(NEVER));
  });

  it('that its holder cannot renew is lost before anybody else can have it', async () => {
    const { clock, storage, acquire, trouble } = setting();
    const severed = away(storage);
    severed.isBack = true;
    const lease = await acquire('a', { to: severed });
    await inTime(clock, lease.settled(NEVER));
    await clock.pass(20_000);
    severed.isBack = false;
    const began = clock.monotonic();
    let lostAfter = 0;
    lease.lost.addEventListener('abort', () => (lostAfter = clock.monotonic() - began));
    const second = acquire('b');
    let heldAfter = 0;
    void second.then(() => (heldAfter = clock.monotonic() - began));
    await clock.pass(100_000);
    expect(lease.lost.reason).toMatchObject({ code: 'LOCKED' });
    expect(lostAfter).toBeLessThanOrEqual(50_000);
    expect(heldAfter - lostAfter).toBeGreaterThanOrEqual(TIMING.stop);
    expect(trouble).toEqual([expect.stringContaining('could not be renewed so far')]);
  });

  it('survives a storage that is away for less than its lifetime', async () => {
    const { clock, storage, acquire } = setting();
    const severed = away(storage);
    severed.isBack = true;
    const lease = await acquire('a', { to: severed });
    severed.isBack = false;
    await clock.pass(45_000);
    severed.isBack = true;
    await clock.pass(120_000);
    expect(lease.lost.aborted).toBe(false);
  });

  it('is lost when the storage hangs and listens to nobody', async () => {
    const { clock, storage, acquire } = setting();
    let hangs = false;
    const hanging: Storage = {
      ...storage,
      location: storage.location,
      put: (...call) => (hangs ? new Promise(() => undefined) : storage.put(...call)),
      get: (...call) => storage.get(...call),
      list: (...call) => storage.list(...call),
      delete: (...call) => storage.delete(...call),
    };
    const lease = await acquire('a', { to: hanging });
    hangs = true;
    await clock.pass(50_000);
    expect(lease.lost.aborted).toBe(true);
  });

  it('can be taken over by a person, and its old holder notices at its next renewal', async () => {
    const { clock, acquire, waitedFor } = setting();
    const old = await acquire('a');
    await inTime(clock, old.settled(NEVER));
    const taken = await acquire('b', { takeOver: true });
    await inTime(clock, taken.settled(NEVER));
    await clock.pass(20_000);
    expect(old.lost.reason).toMatchObject({ message: expect.stringContaining('b has taken over') as string });
    expect(waitedFor).toEqual([]);
    await old[Symbol.asyncDispose]();
    await clock.pass(120_000);
    expect(taken.lost.aborted).toBe(false);
  });

  it('is not taken from a storage that does not answer', async () => {
    const { storage, acquire } = setting();
    await expect(acquire('a', { to: away(storage) })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

/** What a storage does with time: each request takes some, before and after its effect. */
function slow(storage: Storage, clock: FakeClock, delay: () => number): Storage {
  const around = async <T>(act: () => Promise<T>): Promise<T> => {
    await clock.sleep(delay(), NEVER);
    const result = await act();
    await clock.sleep(delay(), NEVER);
    return result;
  };
  return {
    ...storage,
    location: storage.location,
    put: (...call) => around(() => storage.put(...call)),
    get: (...call) => around(() => storage.get(...call)),
    delete: (...call) => around(() => storage.delete(...call)),
    async *list(...call) {
      await clock.sleep(delay(), NEVER);
      yield* await Array.fromAsync(storage.list(...call));
    },
  };
}

/** One that looks whether a key is free, and writes some time later, over whatever is there then. */
function looksThenWrites(storage: Storage, clock: FakeClock, delay: () => number): Storage {
  return {
    ...storage,
    location: storage.location,
    get: (...call) => storage.get(...call),
    list: (...call) => storage.list(...call),
    delete: (...call) => storage.delete(...call),
    async put(key, body, options) {
      for await (const found of storage.list(key)) if (found.key === key) return storage.put(key, body, options);
      await clock.sleep(delay(), NEVER);
      await storage.delete(key);
      await storage.put(key, body, options);
    },
  };
}

describe.each([
  ['creates exclusively', slow],
  ['looks and then writes', looksThenWrites],
] as const)('on a storage that %s', (_, made) => {
  it('however hosts come and go, no two hold the lease at once, and one always gets it', async () => {
    const host = fc.record({
      comesAfter: fc.nat(30_000),
      staysFor: fc.nat(200_000),
      leaves: fc.constantFrom('gives back', 'dies', 'is cut off'),
      delays: fc.array(fc.nat(900), { minLength: 1, maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(host, { minLength: 2, maxLength: 4 }), async (hosts) => {
        const { clock, storage, acquire } = setting();
        const held: { from: number; to: number; who: number }[] = [];
        const lives = hosts.map(async ({ comesAfter, staysFor, leaves, delays }, who) => {
          let request = 0;
          const own = away(made(storage, clock, () => delays[request++ % delays.length] ?? 0));
          own.isBack = true;
          await clock.sleep(comesAfter, NEVER);
          const lease = await acquire(`host-${who}`, { to: own });
          try {
            await lease.settled(NEVER);
          } catch {
            return;
          }
          const from = clock.monotonic();
          const gone = new AbortController();
          const leaving = clock.sleep(staysFor, gone.signal).then(
            () => undefined,
            () => undefined,
          );
          const losing = new Promise<void>((resolve) => {
            lease.lost.addEventListener('abort', () => {
              resolve();
            });
          });
          await Promise.race([leaving, losing]);
          if (leaves === 'gives back' || lease.lost.aborted) {
            held.push({ who, from, to: clock.monotonic() });
            await lease[Symbol.asyncDispose]();
            return;
          }
          // Dead or cut off: it may go on until it must know that the lease is lost, and needs its time to stop.
          own.isBack = false;
          if (leaves === 'dies') held.push({ who, from, to: clock.monotonic() });
          else {
            await losing;
            held.push({ who, from, to: clock.monotonic() + TIMING.stop });
          }
        });
        await inTime(clock, Promise.all(lives), 3_000_000);
        const inOrder = held.sort((a, b) => a.from - b.from);
        for (const [index, { to }] of inOrder.entries()) {
          expect(inOrder[index + 1]?.from ?? Infinity, JSON.stringify(inOrder)).toBeGreaterThanOrEqual(to);
        }
        expect(held.length).toBeGreaterThan(0);
      }),
      { numRuns: 25 },
    );
  });
});
