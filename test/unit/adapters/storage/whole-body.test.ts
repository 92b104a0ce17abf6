import { expect, test } from 'vitest';
import { wholeBody } from '../../../../src/adapters/storage/whole-body.ts';
import { bufferOf } from '../../../support/snapshots.ts';

/** Gives these pieces; then ends, or waits for ever. */
function body(pieces: readonly string[], { ends }: { readonly ends: boolean }) {
  const state = { isCancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece));
      if (ends) controller.close();
    },
    cancel() {
      state.isCancelled = true;
    },
  });
  return { stream, state };
}

test('gives all bytes of a body that is as long as expected', async () => {
  const { stream } = body(['ab', 'c'], { ends: true });
  expect((await bufferOf(wholeBody(stream, { expected: 3, patience: 1000 }))).toString()).toBe('abc');
  expect(await bufferOf(wholeBody(null, { expected: 0, patience: 1000 }))).toHaveLength(0);
});

test.each([2, 4])('takes no body of three bytes for one of %i', async (expected) => {
  const { stream } = body(['ab', 'c'], { ends: true });
  await expect(bufferOf(wholeBody(stream, { expected, patience: 1000 }))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
});

test('gives up a body that stops coming, and its connection', async () => {
  const { stream, state } = body(['ab'], { ends: false });
  await expect(bufferOf(wholeBody(stream, { expected: 3, patience: 20 }))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  expect(state.isCancelled).toBe(true);
});

test('gives up the connection of a body that nobody reads on', async () => {
  const { stream, state } = body(['ab', 'c'], { ends: false });
  for await (const piece of wholeBody(stream, { expected: 3, patience: 1000 })) if (piece.length === 2) break;
  expect(state.isCancelled).toBe(true);
});
