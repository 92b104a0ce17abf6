import { ClawbackError } from '../../ports/errors.ts';
import { parseSignerKey, type SignerKey } from '../keys/signer-key.ts';
import { publicKeyOf, sign, type SigningSecret, verifySignature } from '../keys/signing.ts';

/** Whose snapshots to believe. age says nothing about who sealed a file, and recipients are no secret. */
export interface Trust {
  /** Public keys of the instance: from the config, the identity file, or the recovery kit. */
  readonly signers: readonly SignerKey[];
  /** A person has said that an unsigned snapshot, or one of an unknown signer, will do. */
  readonly allowUnsigned: boolean;
}

/** The content of `clawback/manifest.sig`. */
export function encodeSignature(secret: SigningSecret, manifest: Buffer): string {
  const signature = Buffer.from(sign(secret, manifest)).toString('base64url');
  return `${JSON.stringify({ algorithm: 'ed25519', signer: publicKeyOf(secret), signature })}\n`;
}

/**
 * Who signed these bytes; null if nobody trusted did and a person said that this will do.
 *
 * @throws ClawbackError `INTEGRITY` if a trusted signer's signature is over other bytes; `UNTRUSTED` if there is no
 *   signature, or its signer is not trusted.
 */
export function checkSignature(manifest: Buffer, signature: Buffer | null, trust: Trust): SignerKey | null {
  if (signature === null) return untrusted('the snapshot is not signed', trust);
  const parsed = parseSignature(signature);
  if (parsed === null) return untrusted('the snapshot has a signature that cannot be read', trust);
  if (!trust.signers.includes(parsed.signer)) {
    const why = trust.signers.length === 0 ? 'and no signer is known here' : 'which is not a signer of this instance';
    return untrusted(`the snapshot is signed by ${parsed.signer}, ${why}`, trust);
  }
  if (!verifySignature(parsed.signer, manifest, parsed.signature)) {
    throw new ClawbackError('INTEGRITY', 'the manifest was altered after it was signed');
  }
  return parsed.signer;
}

function untrusted(message: string, { allowUnsigned }: Trust): null {
  if (allowUnsigned) return null;
  throw new ClawbackError('UNTRUSTED', message, {
    hint: 'give the signer key of the recovery kit with --signer; only if you know who wrote it: --allow-unsigned',
  });
}

function parseSignature(bytes: Buffer): { signer: SignerKey; signature: Buffer } | null {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('signer' in parsed) || !('signature' in parsed)) return null;
    const { signer, signature } = parsed;
    if (typeof signer !== 'string' || typeof signature !== 'string') return null;
    return { signer: parseSignerKey(signer), signature: Buffer.from(signature, 'base64url') };
  } catch {
    return null;
  }
}
