import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { counting } from '../../../../src/adapters/storage/counting.ts';
import { memoryStorage } from '../../../../src/adapters/storage/memory.ts';
import { retrying } from '../../../../src/adapters/storage/retrying.ts';
import type { Body, Sent, Storage } from '../../../../src/ports/storage.ts';
import { faulty } from '../../../support/faulty.ts';
import { bufferOf } from '../../../support/snapshots.ts';

const PATIENCE = { retries: 5, first: 1, longest: 2, random: Math.random };
const bytes = randomBytes(300_000);

/** A storage that takes a body as `read` does. */
function reading(read: (body: Blob) => Promise<unknown>): Storage {
  return Object.assign(memoryStorage(), {
    put: async (_key: string, body: Blob) => {
      await read(body);
    },
  });
}

test.each<[string, (body: Blob) => Promise<Uint8Array | ArrayBuffer | Uint8Array[]>]>([
  ['as a stream', (body) => bufferOf(body.stream() as AsyncIterable<Uint8Array>)],
  ['at once', (body) => body.arrayBuffer()],
  ['in parts', (body) => Promise.all([body.slice(0, 100_000).bytes(), body.slice(100_000).bytes()])],
  ['in parts, and each part as a stream', (body) => bufferOf(body.slice(0, 300_000).slice(0).stream())],
])('tells what is read of a body %s, and passes it on as it is', async (_how, read) => {
  const told: Sent[] = [];
  const seen: Buffer[] = [];
  const storage = counting(
    reading(async (body) => {
      const got = await read(body);
      seen.push(Buffer.concat((Array.isArray(got) ? got : [got]).map((part) => Buffer.from(part as ArrayBuffer))));
    }),
    (sent) => told.push(sent),
  );
  await storage.put('a/x', new Blob([bytes]));
  const sum = told.reduce((total, sent) => total + sent.bytes, 0);
  expect(sum).toBe(bytes.length);
  expect(new Set(told.map(({ key, total }) => `${key} ${total}`))).toEqual(new Set(['a/x 300000']));
  expect(seen.map((got) => got.equals(bytes))).toEqual([true]);
});

test('a body that was taken without being read has been sent', async () => {
  let sum = 0;
  const files: (string | undefined)[] = [];
  const storage = counting(
    Object.assign(memoryStorage(), {
      put: (_key: string, body: Body) => Promise.resolve(void files.push(body.file)),
    }),
    (sent) => (sum += sent.bytes),
  );
  await storage.put('a/x', Object.assign(new Blob([bytes]), { file: '/spool/x' }));
  expect(files).toEqual(['/spool/x']);
  expect(sum).toBe(bytes.length);
});

test('what is sent again is not told again', async () => {
  let sum = 0;
  const memory = memoryStorage();
  // Each attempt reads everything, and the first two are lost.
  let attempts = 0;
  const losing = Object.assign(memoryStorage(), {
    put: async (key: string, body: Blob) => {
      await body.bytes();
      await faulty(memory, { fails: () => ++attempts < 3 }).put(key, body);
    },
  });
  const storage = retrying(
    counting(losing, (sent) => (sum += sent.bytes)),
    PATIENCE,
  );
  await storage.put('a/x', new Blob([bytes]));
  expect(attempts).toBe(3);
  expect(sum).toBe(bytes.length);
  expect((await bufferOf(await memory.get('a/x'))).equals(bytes)).toBe(true);
});
