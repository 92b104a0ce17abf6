import { bech32 } from '@scure/base';
import { Encrypter } from 'age-encryption';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { generateIdentity, recipientOf } from '../../../../src/core/keys/identity.ts';
import { parseRecipient, parseRecipients } from '../../../../src/core/keys/recipients.ts';

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

it('takes what age-encryption takes, and nothing else', () => {
  const kinds = ['age', 'age1pq', 'age1tag', 'age1tagpq', 'age1other', 'bge'];
  const lengths = [0, 31, 32, 33, 1215, 1216, 1249];
  const key = fc.record({
    ...{ kind: fc.constantFrom(...kinds), length: fc.constantFrom(...lengths), fill: fc.nat(255) },
    spoil: fc.constantFrom('', 'q', 'A', ' '),
    upper: fc.boolean(),
  });
  fc.assert(
    fc.property(key, ({ kind, length, fill, spoil, upper }) => {
      const text = bech32.encode(kind, bech32.toWords(new Uint8Array(length).fill(fill)), false) + spoil;
      const recipient = upper ? text.toUpperCase() : text;
      expect(isTaken(() => parseRecipient(recipient))).toBe(
        isTaken(() => {
          new Encrypter().addRecipient(recipient.trim());
        }),
      );
    }),
    { numRuns: 500 },
  );
});

function isTaken(take: () => unknown): boolean {
  try {
    take();
    return true;
  } catch {
    return false;
  }
}
