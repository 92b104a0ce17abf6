import type { Destination } from '../config/config.ts';
import { formatIdentityFile } from './identity-file.ts';
import { generateIdentity, recipientOf, type IdentityKind } from './identity.ts';
import { formatKit } from './kit.ts';
import type { Recipient } from './recipients.ts';
import type { SignerKey } from './signer-key.ts';

export interface NewIdentitiesRequest {
  readonly instance: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly kind: IdentityKind;
  readonly signer: SignerKey;
  readonly destinations: readonly Destination[];
}

export interface NewIdentities {
  readonly recipients: readonly { readonly recipient: Recipient; readonly note: string }[];
  /** Text of this host's identity file. */
  readonly identityFile: string;
  /** Text of the recovery kit, the only place that the recovery identity's secret ever stands in. */
  readonly kit: string;
}

/** Two identities for a new instance: this host's, for drills and quick restores, and one for the day the host is gone. */
export async function newIdentities(request: NewIdentitiesRequest): Promise<NewIdentities> {
  const { instance, createdAt, signer, destinations } = request;
  const host = await generateIdentity(request.kind);
  const recovery = await generateIdentity(request.kind);
  const [hostRecipient, recoveryRecipient] = [await recipientOf(host), await recipientOf(recovery)];
  return {
    recipients: [
      { recipient: hostRecipient, note: 'this host' },
      { recipient: recoveryRecipient, note: 'the recovery kit' },
    ],
    identityFile: await formatIdentityFile(host, { createdAt, signers: [signer] }),
    kit: formatKit({
      instance,
      createdAt,
      recipients: [hostRecipient, recoveryRecipient],
      identity: { secret: recovery, recipient: recoveryRecipient },
      signer,
      destinations,
    }),
  };
}
