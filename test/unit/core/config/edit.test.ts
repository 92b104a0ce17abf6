import { describe, expect, it } from 'vitest';
import { addRecipient, removeRecipient } from '../../../../src/core/config/edit.ts';
import type { Recipient } from '../../../../src/core/keys/recipients.ts';

const NEW = 'age1new' as Recipient;
const LINES = `{
  // who may open
  recipients: [
    'age1a', // this host
    "age1b", /* the kit */
  ],
  instance: 'x', // stays
}
`;

describe('adding a recipient', () => {
  it.each([
    ['to one on a line', LINES, LINES.replace('/* the kit */\n', "/* the kit */\n    'age1new',\n")],
    [
      'to lines without a last comma',
      "{ recipients: [\n  'age1a' // me\n] }",
      "{ recipients: [\n  'age1a', // me\n  'age1new',\n] }",
    ],
    ['to a list on one line', "{ recipients: ['age1a'] }", "{ recipients: ['age1a', 'age1new'] }"],
    ['to a list on one line with a last comma', "{ recipients: ['age1a',] }", "{ recipients: ['age1a', 'age1new',] }"],
    ['to an empty list', '{ recipients: [] }', "{ recipients: ['age1new'] }"],
  ])('%s keeps everything else', (_, text, expected) => {
    expect(addRecipient(text, NEW)).toBe(expected);
  });

  it('refuses one that is there', () => {
    expect(() => addRecipient(LINES, 'age1b' as Recipient)).toThrow(expect.objectContaining({ code: 'EXISTS' }));
  });

  it('refuses a config without a list', () => {
    expect(() => addRecipient('{ instance: 1 }', NEW)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
  });
});

describe('removing a recipient', () => {
  it.each([
    ['its line and the comment on it', LINES, 'age1a', LINES.replace("    'age1a', // this host\n", '')],
    ['the last line', LINES, 'age1b', LINES.replace('    "age1b", /* the kit */\n', '')],
    ['the first of a line', "{ recipients: ['a', 'b', 'c'] }", 'a', "{ recipients: ['b', 'c'] }"],
    ['the middle of a line', "{ recipients: ['a', 'b', 'c'] }", 'b', "{ recipients: ['a', 'c'] }"],
    ['the last of a line', "{ recipients: ['a', 'b'] }", 'b', "{ recipients: ['a'] }"],
    ['one from a line that begins with the key', "{\n recipients: ['a',\n 'b'] }", 'b', "{\n recipients: ['a'] }"],
  ])('removes %s', (_, text, recipient, expected) => {
    expect(removeRecipient(text, recipient as Recipient)).toBe(expected);
  });

  it('refuses the last one', () => {
    expect(() => removeRecipient("{ recipients: ['a'] }", 'a' as Recipient)).toThrow(
      expect.objectContaining({ code: 'CONFIG' }),
    );
  });

  it('refuses one that is not there', () => {
    expect(() => removeRecipient(LINES, NEW)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});
