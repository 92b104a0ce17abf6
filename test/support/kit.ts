import type { Identity } from '../../src/core/keys/identity.ts';
import type { KitFacts } from '../../src/core/keys/kit.ts';
import { parseRecipient } from '../../src/core/keys/recipients.ts';
import { publicKeyOf } from '../../src/core/keys/signing.ts';
import { IDENTITY, RECIPIENT, SIGNING_SECRET } from './snapshots.ts';

/** A recovery kit of the test identity. */
export const KIT: KitFacts = {
  instance: 'prod-1',
  createdAt: '2026-11-22T20:34:37.000Z',
  recipients: [
    parseRecipient(RECIPIENT),
    parseRecipient('age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'),
  ],
  identity: { secret: IDENTITY as Identity, recipient: parseRecipient(RECIPIENT) },
  signer: publicKeyOf(SIGNING_SECRET),
  destinations: [{ name: 'nas', url: new URL('file:///mnt/nas/claw') }],
};

export function kitOf(facts: Partial<KitFacts>): KitFacts {
  return { ...KIT, ...facts };
}
