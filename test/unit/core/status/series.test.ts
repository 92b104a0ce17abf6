import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStorage } from '../../../../src/adapters/storage/memory.ts';
import { parseStatus, type StatusDocument } from '../../../../src/core/status/document.ts';
import { readStatus, writeStatus } from '../../../../src/core/status/series.ts';
import { ClawbackError } from '../../../../src/ports/errors.ts';
import type { Storage } from '../../../../src/ports/storage.ts';
import { faulty } from '../../../support/faulty.ts';

const SIGNAL = new AbortController().signal;

const DOCUMENT: StatusDocument = {
  format: 1,
  instance: 'prod-1',
  clawbackVersion: '0.1.0',
  lastSuccess: '2026-11-26T06:17:00Z',
  snapshot: '20261126T061700Z-0123456789abcdef',
  bytes: 4096,
  nextDue: '2026-11-26T07:17:00Z',
  overdueAfter: '2026-11-26T07:47:00Z',
  lastDrill: { at: '2026-11-20T09:00:00Z', verdict: 'pass', snapshot: '20261120T061700Z-0123456789abcdef' },
  alarm: null,
};

let storage: Storage;

beforeEach(() => {
  storage = memoryStorage();
});

const write = (bytes: number, to = storage): Promise<void> => writeStatus(to, { ...DOCUMENT, bytes }, SIGNAL);

const read = (): Promise<StatusDocument | null> => readStatus(storage, 'prod-1', SIGNAL);

async function keys(): Promise<string[]> {
  return (await Array.fromAsync(storage.list(''))).map(({ key }) => key);
}

describe('the status objects of an instance', () => {
  it('are none at first', async () => {
    expect(await read()).toBeNull();
  });

  it('are numbered; the newest counts, and the last three are kept', async () => {
    for (const bytes of [1, 2, 3, 4, 5]) await write(bytes);
    expect(await read()).toEqual({ ...DOCUMENT, bytes: 5 });
    expect(await keys()).toEqual([3, 4, 5].map((number) => `prod-1/status/0000000${number}.json`));
  });

  it('are all kept by a storage that removes nothing', async () => {
    const onceOnly = faulty(storage, { fails: ({ operation }) => operation === 'delete', code: 'DENIED' });
    for (const bytes of [1, 2, 3, 4, 5]) await write(bytes, onceOnly);
    expect(await keys()).toHaveLength(5);
    expect((await read())?.bytes).toBe(5);
  });

  it('take the next number when another host was faster', async () => {
    let isFirst = true;
    const raced: Storage = {
      ...storage,
      location: storage.location,
      list: (prefix) => storage.list(prefix),
      delete: (key) => storage.delete(key),
      sweep: (prefix, options) => storage.sweep(prefix, options),
      get: (key) => storage.get(key),
      put: async (key, body) => {
        if (isFirst) await storage.put(key, new Blob(['somebody else']));
        isFirst = false;
        await storage.put(key, body);
      },
    };
    await write(7, raced);
    expect(await keys()).toEqual(['prod-1/status/00000001.json', 'prod-1/status/00000002.json']);
    expect((await read())?.bytes).toBe(7);
  });

  it('ignore what is named otherwise', async () => {
    await write(1);
    await storage.put('prod-1/status/99999999.txt', new Blob(['?']));
    await storage.put('prod-1/status/123.json', new Blob(['?']));
    expect((await read())?.bytes).toBe(1);
  });

  it('are refused if they are larger than any that a backup writes', async () => {
    await storage.put('prod-1/status/00000001.json', new Blob([' '.repeat(65 * 1024)]));
    await expect(read()).rejects.toThrow(expect.objectContaining({ code: 'INTEGRITY' }));
  });
});

describe('a status object', () => {
  it.each([
    ['that is no JSON', 'oops'],
    ['of a later format', JSON.stringify({ ...DOCUMENT, format: 2 })],
    ['of another instance', JSON.stringify({ ...DOCUMENT, instance: 'prod-2' })],
    ['with a text for the terminal where a time belongs', JSON.stringify({ ...DOCUMENT, lastSuccess: '\u001b[2J' })],
    ['with a snapshot that is none', JSON.stringify({ ...DOCUMENT, snapshot: '../../etc/passwd' })],
  ])('%s is refused', (_, text) => {
    expect(() => parseStatus(text, 'prod-1')).toThrow(ClawbackError);
  });
});
