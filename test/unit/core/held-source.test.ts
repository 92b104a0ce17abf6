import { describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import { drain } from '../../../src/core/archive/met.ts';
import { passThrough } from '../../../src/core/archive/pass.ts';
import { catalog, type HeldSnapshot } from '../../../src/core/catalog.ts';
import { openHeld } from '../../../src/core/open-held.ts';
import { heldSource } from '../../../src/core/held-source.ts';
import type { Destination } from '../../../src/core/publish.ts';
import { ClawbackError } from '../../../src/ports/errors.ts';
import type { Storage } from '../../../src/ports/storage.ts';
import { bufferOf, directory, FACTS, file, IDENTITY, packed, TRUST } from '../../support/snapshots.ts';

const NEVER = new AbortController().signal;

interface Counted extends Storage {
  given: number;
}

/** A storage that breaks every answer off once it has given so many bytes in all. */
function breaking(storage: Storage, after: number): Counted {
  return {
    ...bound(storage),
    given: 0,
    async get(key, options) {
      const pieces = await storage.get(key, options);
      const count = (bytes: number): void => {
        this.given += bytes;
        if (this.given >= after) throw new ClawbackError('UNAVAILABLE', 'the line is cut');
      };
      return (async function* () {
        for await (const piece of pieces) {
          for (let at = 0; at < piece.length; at += 1000) {
            const part = piece.subarray(at, at + 1000);
            count(part.length);
            yield part;
          }
        }
      })();
    },
  };
}

function bound(storage: Storage): Storage {
  return {
    location: storage.location,
    put: (key, body, options) => storage.put(key, body, options),
    get: (key, options) => storage.get(key, options),
    list: (prefix, options) => storage.list(prefix, options),
    delete: (key, options) => storage.delete(key, options),
    sweep: (prefix, options) => storage.sweep(prefix, options),
  };
}

async function stored(
  storages: Record<string, Storage>,
): Promise<{ held: HeldSnapshot; bytes: Buffer; digest: string }> {
  const content = crypto.getRandomValues(new Uint8Array(65_000));
  const { bytes, digest } = await packed(
    [directory('state'), file('state/a', Buffer.from(content)), file('state/b', 'b')],
    {
      facts: { roots: [{ name: 'state', kind: 'state', path: '/home/u/.openclaw', type: 'directory' }] },
    },
  );
  const key = `test/20261122T203437Z-${digest.slice(0, 16)}.full.tar.zst.age`;
  for (const storage of Object.values(storages)) await storage.put(key, new Blob([Uint8Array.from(bytes)]));
  const destinations: Destination[] = Object.entries(storages).map(([name, storage]) => ({ name, storage }));
  const [held] = (await catalog(destinations, FACTS.instance, NEVER)).snapshots;
  if (held === undefined) throw new Error('nothing is stored');
  return { held, bytes, digest };
}

describe('a snapshot with several holders', () => {
  test('is read from a directory before a network, whatever the order of the config', async () => {
    const near = memoryStorage('file:///mnt/nas');
    const { held } = await stored({ offsite: memoryStorage('s3://b'), sshd: memoryStorage('sftp://h/p'), nas: near });
    expect(held.holders.map(({ name }) => name)).toEqual(['nas', 'offsite', 'sshd']);
  });

  test('is read on at the next byte by the next holder when one breaks off, and the reader notices nothing', async () => {
    const first = breaking(memoryStorage('file:///a'), 30_000);
    const second = breaking(memoryStorage('file:///b'), Infinity);
    const { held, bytes } = await stored({ first, second });
    const left: string[] = [];
    const source = heldSource(held, { signal: NEVER, onLeave: ({ name }) => left.push(name) });
    expect((await bufferOf(source.read(0, null))).equals(bytes)).toBe(true);
    expect(left).toEqual(['first']);
    expect(second.given).toBe(bytes.length - 29_000);
    await bufferOf(source.read(0, 10));
    expect(left).toEqual(['first']);
  });

  test('is restored whole although the holder that it was opened at breaks half way', async () => {
    const first = breaking(memoryStorage('file:///a'), 45_000);
    const { held, digest } = await stored({ first, second: memoryStorage('s3://b') });
    const left: string[] = [];
    const source = heldSource(held, { signal: NEVER, onLeave: ({ name }) => left.push(name) });
    const snapshot = await openHeld(held, source, { keyring: { identities: [IDENTITY] }, trust: TRUST });
    const entries = await snapshot.entries();
    const met: string[] = [];
    for await (const { entry, content } of passThrough(snapshot, { digest16: digest.slice(0, 16), entries })) {
      met.push(entry.path);
      await drain(content);
    }
    expect(met).toEqual(['state', 'state/a', 'state/b']);
    expect(left).toEqual(['first']);
  });

  /** The snapshot in storages of their own, each with some of its bytes damaged, and read to its end. */
  const readDamaged = async (
    damage: Readonly<Record<string, readonly number[]>>,
  ): Promise<{ met: string[]; left: string[] }> => {
    const sound = memoryStorage('file:///sound');
    const { held, bytes, digest } = await stored({ sound });
    const holders: Destination[] = [];
    for (const [name, places] of Object.entries(damage)) {
      const storage = memoryStorage(`s3://${name}`);
      const copy = Uint8Array.from(bytes);
      for (const at of places) copy[at] = (copy[at] ?? 0) ^ 1;
      await storage.put(held.key, new Blob([copy]));
      holders.push({ name, storage });
    }
    const left: string[] = [];
    const source = heldSource({ ...held, holders }, { signal: NEVER, onLeave: ({ name }) => left.push(name) });
    const snapshot = await openHeld(held, source, { keyring: { identities: [IDENTITY] }, trust: TRUST });
    const entries = await snapshot.entries();
    const met: string[] = [];
    for await (const { entry, content } of passThrough(snapshot, { digest16: digest.slice(0, 16), entries })) {
      met.push(entry.path);
      await drain(content);
    }
    return { met, left };
  };
  const everything = ['state', 'state/a', 'state/b'];

  test.each([
    ['in the middle', { first: [30_000], second: [] }, ['first']],
    ['where it names its recipients', { first: [60], second: [] }, ['first']],
    ['at its end, where the manifest is', { first: [66_000], second: [] }, ['first']],
    ['in every holder, but not at the same place', { first: [66_500], second: [30_000] }, ['first', 'second']],
  ])('is read whole although its nearest copy is damaged %s', async (_where, damage, left) => {
    expect(await readDamaged(damage)).toEqual({ met: everything, left });
  });

  test('is not sound if all copies are damaged at one place', async () => {
    const reading = readDamaged({ first: [30_000], second: [30_001], third: [30_002] });
    await expect(reading).rejects.toMatchObject({ code: 'INTEGRITY' });
  });

  test('fails with what the storage says once all have broken off', async () => {
    const broken = {
      first: breaking(memoryStorage('file:///a'), 10),
      second: breaking(memoryStorage('file:///b'), 10),
    };
    const { held } = await stored(broken);
    const source = heldSource(held, { signal: NEVER, onLeave: () => undefined });
    await expect(bufferOf(source.read(0, null))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('is not read on after an interruption', async () => {
    const { held } = await stored({ first: memoryStorage('file:///a'), second: memoryStorage('file:///b') });
    const left: string[] = [];
    const source = heldSource(held, { signal: AbortSignal.abort(), onLeave: ({ name }) => left.push(name) });
    await expect(bufferOf(source.read(0, null))).rejects.toMatchObject({ code: 'ABORTED' });
    expect(left).toEqual([]);
  });

  test('is not held by who has an object of its name and not all of its bytes', async () => {
    const whole = memoryStorage('s3://whole');
    const { held } = await stored({ whole });
    const cut = memoryStorage('s3://cut');
    await cut.put(held.key, new Blob(['a part']));
    const all = [
      { name: 'cut', storage: cut },
      { name: 'whole', storage: whole },
    ];
    const [found] = (await catalog(all, null, NEVER)).snapshots;
    expect(found?.holders.map(({ name }) => name)).toEqual(['whole']);
  });
});
