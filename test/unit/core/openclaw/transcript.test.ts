import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countMessages, isTranscript, MessageCounter } from '../../../../src/core/openclaw/transcript.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const MESSAGE = '{"type":"message","id":"1","message":{"role":"user"}}';

test.each<[string, string, number]>([
  ['nothing', '', 0],
  ['two messages', `${MESSAGE}\n${MESSAGE}\n`, 2],
  ['lines that end as Windows ends them', `${MESSAGE}\r\n${MESSAGE}\r\n`, 2],
  ['the last line without its end', `${MESSAGE}\n${MESSAGE}`, 2],
  ['events of other types', '{"type":"session","message":1}\n{"type":"compaction"}\n', 0],
  ['keys in another order', '{"id":"1","type":"message"}\n{ "type": "message" }\n', 2],
  ['a type deeper down', '{"type":"other","message":{"type":"message","id":1}}\n', 0],
  ['a message that quotes one', `{"type":"message","text":${JSON.stringify(MESSAGE)}}\n`, 1],
  ['a line that was cut off, and went on with another', `${MESSAGE.slice(0, 30)}${MESSAGE}\n${MESSAGE}\n`, 1],
  ['a last line that was cut off', `${MESSAGE}\n${MESSAGE.slice(0, -1)}`, 1],
  ['no JSON at all', 'a "message" in a bottle\n\n', 0],
  [
    'a line of more than it reads at once',
    `${MESSAGE}\n{"type":"message","text":"${'x'.repeat(3_000_000)}"}\n${MESSAGE}\n`,
    3,
  ],
  ['lines across what it reads at once', `${MESSAGE}\n`.repeat(50_000), 50_000],
])('counts the messages in a transcript of %s', async (_, text, count) => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'session.jsonl');
  await writeFile(path, text);
  expect(countMessages(path)).toBe(count);
});

test('counts the same in whatever pieces a transcript comes', () => {
  const lines = [MESSAGE, '{"type":"session"}', `{"id":"1","type":"message"}`, MESSAGE.slice(0, 20), ''];
  const transcript = fc.array(fc.constantFrom(...lines), { maxLength: 12 }).map((some) => Buffer.from(some.join('\n')));
  const countOf = (pieces: readonly Buffer[]): number => {
    const counter = new MessageCounter();
    for (const piece of pieces) {
      const lent = Buffer.from(piece);
      counter.write(lent);
      lent.fill(0);
    }
    return counter.end();
  };
  fc.assert(
    fc.property(transcript, fc.array(fc.nat(40), { maxLength: 30 }), (whole, sizes) => {
      const pieces: Buffer[] = [];
      let at = 0;
      for (const size of sizes) pieces.push(whole.subarray(at, (at += size)));
      expect(countOf([...pieces, whole.subarray(at)])).toBe(countOf([whole]));
    }),
  );
});

test.each([
  ['agents/main/sessions/a.jsonl', true],
  ['agents/main/sessions/a.jsonl.lock', false],
  ['agents/main/sessions/old/a.jsonl', false],
  ['workspace/agents/main/sessions/a.jsonl', false],
])('an agent has a transcript at %s: %s', (path, is) => {
  expect(isTranscript(path)).toBe(is);
});
