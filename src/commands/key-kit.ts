import { recipientOf } from '../core/keys/identity.ts';
import { formatKit } from '../core/keys/kit.ts';
import { kitPage } from '../core/keys/kit-page.ts';
import { writeSecretFile } from '../core/keys/secret-file.ts';
import { publicKeyOf } from '../core/keys/signing.ts';
import { expandPath } from '../core/openclaw/paths.ts';
import { ClawbackError } from '../ports/errors.ts';
import { requireConfig, type Context } from './context.ts';
import { loadIdentities } from './identities.ts';
import { loadSigningSecret } from './signing-key.ts';

export interface KeyKitOptions {
  /** Default: the config's identity. */
  readonly identity?: string | undefined;
  /** Where to write the kit, as a page to print if its name ends in .html; undefined prints it as text. */
  readonly output?: string | undefined;
}

export interface KeyKitResult {
  /** Absolute path; null if the text was asked for instead. */
  readonly file: string | null;
  /** The kit, secret included; null if it was written to a file. */
  readonly text: string | null;
}

/** Writes a recovery kit again, for an identity that is at hand. */
export async function keyKit(options: KeyKitOptions, context: Context): Promise<KeyKitResult> {
  const config = requireConfig(context);
  const secret = (await loadIdentities(options.identity, context))?.identities[0];
  if (secret === undefined) {
    throw new ClawbackError('NO_IDENTITY', 'this host has no identity to make a recovery kit of', {
      hint: 'name one with --identity; the secret of a recovery identity is only on the kit that init wrote',
    });
  }
  const facts = {
    instance: config.instance,
    createdAt: context.now().toISOString(),
    recipients: config.recipients,
    identity: { secret, recipient: await recipientOf(secret) },
    signer: publicKeyOf(await loadSigningSecret(config)),
    destinations: config.destinations,
  };
  if (options.output === undefined) return { file: null, text: formatKit(facts) };
  const file = expandPath(options.output, context.host.home, context.paths.workingDirectory);
  await writeSecretFile(file, /\.html?$/i.test(file) ? kitPage(facts) : formatKit(facts));
  return { file, text: null };
}
