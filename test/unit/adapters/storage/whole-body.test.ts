import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { wholeBody } from '../../../../src/adapters/storage/whole-body.ts';
import { bufferOf } from '../../../support/snapshots.ts';

/** Gives these pieces, and then nothing, for ever. */
function endless(...pieces: readonly string[]): Readable {
  const stream = new Readable({ read: () => undefined });
  for (const piece of pieces) stream.push(piece);
  return stream;
}

const ended = (...pieces: readonly string[]): Readable => Readable.from(pieces.map((piece) => Buffer.from(piece)));

test('gives all bytes of a body that is as long as expected', async () => {
  const bytes = await bufferOf(wholeBody(ended('ab', 'c'), { expected: 3, patience: 1000 }));
  expect(bytes.toString()).toBe('abc');
  expect(await bufferOf(wholeBody(ended(), { expected: 0, patience: 1000 }))).toHaveLength(0);
});

test.each([2, 4])('takes no body of three bytes for one of %i', async (expected) => {
  const reading = bufferOf(wholeBody(ended('ab', 'c'), { expected, patience: 1000 }));
  await expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('gives up a body that stops coming, and its connection', async () => {
  const body = endless('ab');
  const reading = bufferOf(wholeBody(body, { expected: 3, patience: 20 }));
  await expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(body.destroyed).toBe(true);
});

test('gives up the connection of a body that nobody reads on', async () => {
  const body = endless('ab', 'c');
  for await (const piece of wholeBody(body, { expected: 3, patience: 1000 })) if (piece.length > 0) break;
  expect(body.destroyed).toBe(true);
});
