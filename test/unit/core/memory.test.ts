import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { letGo } from '../../../src/core/memory.ts';

test('gives back memory that is all of one buffer, or too large to be shared', () => {
  const cipher = createCipheriv('chacha20-poly1305', Buffer.alloc(32), Buffer.alloc(12), { authTagLength: 16 });
  const large = Buffer.allocUnsafe(1024 * 1024);
  for (const bytes of [cipher.update(Buffer.alloc(65_536)), new Uint8Array(10), large.subarray(0, 100)]) {
    letGo(bytes);
    expect(bytes.length).toBe(0);
  }
});

test('leaves alone what shares the memory of a pool, or of another thread', () => {
  const neighbour = Buffer.from('neighbour');
  for (const bytes of [Buffer.from('small'), Buffer.concat([Buffer.from('a'), Buffer.from('b')])]) {
    const before = bytes.toString();
    letGo(bytes);
    expect(bytes.toString()).toBe(before);
  }
  expect(neighbour.toString()).toBe('neighbour');
  const shared = new Uint8Array(new SharedArrayBuffer(100_000));
  letGo(shared);
  expect(shared.length).toBe(100_000);
});
