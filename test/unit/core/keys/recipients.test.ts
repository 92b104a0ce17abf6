import { expect, it } from 'vitest';
import { generateIdentity, recipientOf } from '../../../../src/core/keys/identity.ts';
import { parseRecipients } from '../../../../src/core/keys/recipients.ts';

const CLASSICAL = await recipientOf(await generateIdentity('x25519'));
const HYBRID = await recipientOf(await generateIdentity('hybrid'));

it('takes classical recipients, or post-quantum ones, each once', () => {
  expect(parseRecipients([CLASSICAL, ` ${CLASSICAL}\n`])).toEqual([CLASSICAL]);
  expect(parseRecipients([HYBRID])).toEqual([HYBRID]);
});

it.each([
  ['none at all', [], 'no recipient'],
  ['a mistyped one', [CLASSICAL, CLASSICAL.replace(/.$/, 'b')], 'recipient 2 of 2: not an age recipient'],
  ['an empty one', [''], 'recipient 1 of 1: not an age recipient'],
  ['an SSH key', ['ssh-ed25519 AAAA'], 'SSH keys are not supported'],
  ['a secret key', ['AGE-SECRET-KEY-1XYZ'], 'a secret key stands where'],
  ['a mixture of kinds', [CLASSICAL, HYBRID], 'cannot be mixed'],
])('refuses %s', (_, texts, message) => {
  expect(() => parseRecipients(texts)).toThrow(
    expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(message) as string }),
  );
});
