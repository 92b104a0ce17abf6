import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Storage } from '../../src/ports/storage.ts';
import {
  cutUploads,
  dribbledDownload,
  silence,
  stalledDownload,
  storm,
  truncatedDownload,
} from '../support/servers/faults.ts';
import type { Loopback } from '../support/servers/loopback.ts';
import { bufferOf } from '../support/snapshots.ts';

export interface StorageOverHttp {
  readonly storage: Storage;
  /** What its requests go through. */
  readonly server: Loopback;
  /** How many uploads of parts are neither finished nor given up, if the service tells. */
  readonly unfinished?: () => number;
}

/** Three parts. */
const LARGE = 20 * 1024 * 1024;

/** What a storage that speaks HTTP does when the way to it is bad; `make` is told for how many milliseconds it waits for an answer. */
export function storageFaults(
  name: string,
  make: (patience: number) => Promise<StorageOverHttp>,
  // False for a release of a server that takes no notice of the condition when parts are put together.
  { exclusiveParts = true } = {},
): void {
  const nothingIsLeft = async ({ storage, unfinished = () => 0 }: StorageOverHttp): Promise<void> => {
    expect(await Array.fromAsync(storage.list(''))).toEqual([]);
    expect(unfinished()).toBe(0);
  };

  const everythingIsUnavailable = async (storage: Storage): Promise<void> => {
    const attempts = [
      storage.put('a/x', new Blob(['x'])),
      storage.get('a/x'),
      Array.fromAsync(storage.list('')),
      storage.delete('a/x'),
    ];
    for (const { reason } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: 'UNAVAILABLE' });
    }
  };

  describe(`${name} on a bad line`, { timeout: 60_000 }, () => {
    test('sends a part again whose connection was cut', async () => {
      const it = await make(5000);
      const bytes = randomBytes(LARGE);
      {
        using _fault = it.server.inject(cutUploads(2));
        await it.storage.put('a/large', new Blob([bytes]));
      }
      expect((await bufferOf(await it.storage.get('a/large'))).equals(bytes)).toBe(true);
    });

    test('sends a part again that met a 503', async () => {
      const it = await make(5000);
      const bytes = randomBytes(LARGE);
      await it.storage.delete('a/warm');
      let requests = 0;
      const passing = storm(2);
      // The first request begins the upload.
      using _fault = it.server.inject((exchange) => ++requests > 1 && passing(exchange));
      await it.storage.put('a/large', new Blob([bytes]));
      expect((await bufferOf(await it.storage.get('a/large'))).equals(bytes)).toBe(true);
    });

    test.each([1024 * 1024, LARGE])('leaves nothing of %i bytes when every connection is cut', async (size) => {
      const it = await make(5000);
      {
        using _fault = it.server.inject(cutUploads());
        const putting = it.storage.put('a/cut', new Blob([randomBytes(size)]));
        await expect(putting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      }
      await nothingIsLeft(it);
    });

    test.each([503, 429])('says UNAVAILABLE in a storm of %i, and leaves nothing', async (status) => {
      const it = await make(5000);
      await it.storage.delete('a/warm');
      {
        using _fault = it.server.inject(storm(Infinity, status));
        await everythingIsUnavailable(it.storage);
      }
      await nothingIsLeft(it);
    });

    test('says UNAVAILABLE of a server that never answers', async () => {
      const it = await make(2000);
      await it.storage.delete('a/warm');
      using _fault = it.server.inject(silence);
      await everythingIsUnavailable(it.storage);
    });

    test.each([
      ['ends early', truncatedDownload],
      ['stops coming', stalledDownload],
      ['comes by drops', dribbledDownload],
    ])('never takes a download that %s for whole', async (_how, fault) => {
      const it = await make(1500);
      await it.storage.put('a/x', new Blob([randomBytes(1_000_000)]));
      using _fault = it.server.inject(fault);
      const reading = async (): Promise<Buffer> => bufferOf(await it.storage.get('a/x'));
      await expect(reading()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    });

    test('leaves nothing when a large put is aborted between parts', async () => {
      const it = await make(5000);
      const aborter = new AbortController();
      let requests = 0;
      {
        using _fault = it.server.inject(() => {
          if (++requests === 3) aborter.abort();
          return false;
        });
        const putting = it.storage.put('a/aborted', new Blob([randomBytes(LARGE)]), { signal: aborter.signal });
        await expect(putting).rejects.toMatchObject({ code: 'ABORTED' });
      }
      await nothingIsLeft(it);
    });

    test(
      exclusiveParts
        ? 'lets one of two large puts to one key win'
        : 'keeps one whole body of two large puts to one key',
      async () => {
        const it = await make(5000);
        const bodies = [randomBytes(LARGE), randomBytes(LARGE)] as const;
        const outcomes = await Promise.allSettled(bodies.map((bytes) => it.storage.put('a/race', new Blob([bytes]))));
        const won = outcomes.findIndex(({ status }) => status === 'fulfilled');
        const kept = await bufferOf(await it.storage.get('a/race'));
        expect(bodies.some((bytes) => bytes.equals(kept))).toBe(true);
        if (exclusiveParts) {
          const exists = expect.objectContaining({ code: 'EXISTS' }) as unknown;
          expect(outcomes).toContainEqual({ status: 'rejected', reason: exists });
          expect(bodies[won]?.equals(kept)).toBe(true);
        }
        expect(it.unfinished?.() ?? 0).toBe(0);
      },
    );
  });
}
