import { formatIdentityFile } from '../core/keys/identity-file.ts';
import { generateIdentity, recipientOf } from '../core/keys/identity.ts';
import { writeSecretFile } from '../core/keys/secret-file.ts';
import { formatSigningFile } from '../core/keys/signing-file.ts';
import type { SignerKey } from '../core/keys/signer-key.ts';
import { generateSigningSecret, publicKeyOf } from '../core/keys/signing.ts';
import { expandPath } from '../core/openclaw/paths.ts';
import { hasCode } from '../ports/errors.ts';
import type { Context } from './context.ts';
import { loadSigningSecret } from './signing-key.ts';

export interface KeyGenerateOptions {
  readonly kind: 'x25519' | 'hybrid' | 'signing';
  /** Where to write the key; undefined prints it. */
  readonly output?: string | undefined;
}

export interface KeyGenerateResult {
  /** The recipient, or for a signing key the signer. */
  readonly publicKey: string;
  /** Absolute path; null if the text was asked for instead. */
  readonly file: string | null;
  /** The whole text of the file, secret included; null if it was written to one. */
  readonly text: string | null;
}

/** Makes a new identity or signing key; changes no config. */
export async function keyGenerate(options: KeyGenerateOptions, context: Context): Promise<KeyGenerateResult> {
  const { publicKey, text } = await generate(options.kind, context);
  if (options.output === undefined) return { publicKey, file: null, text };
  const file = expandPath(options.output, context.host.home, context.paths.workingDirectory);
  await writeSecretFile(file, text);
  return { publicKey, file, text: null };
}

async function generate(
  kind: KeyGenerateOptions['kind'],
  context: Context,
): Promise<{ readonly publicKey: string; readonly text: string }> {
  const createdAt = context.now().toISOString();
  if (kind === 'signing') {
    const secret = generateSigningSecret();
    return { publicKey: publicKeyOf(secret), text: formatSigningFile(secret, createdAt) };
  }
  const identity = await generateIdentity(kind);
  const signers = await knownSigners(context);
  return { publicKey: await recipientOf(identity), text: await formatIdentityFile(identity, { createdAt, signers }) };
}

/** This instance's own signer, so that the new identity file alone suffices to check what it opens. */
async function knownSigners(context: Context): Promise<readonly SignerKey[]> {
  if (context.config === null) return [];
  try {
    return [publicKeyOf(await loadSigningSecret(context.config)), ...context.config.signers];
  } catch (error) {
    if (!hasCode(error, 'CONFIG')) throw error;
    return context.config.signers;
  }
}
