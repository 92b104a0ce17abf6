import type { Config } from '../core/config/config.ts';
import { readKeyFile } from '../core/keys/secret-file.ts';
import { readSigningFile } from '../core/keys/signing-file.ts';
import type { SigningSecret } from '../core/keys/signing.ts';

/**
 * This instance's signing key.
 *
 * @throws ClawbackError `CONFIG` if its file is missing or holds no key.
 */
export async function loadSigningSecret(config: Config): Promise<SigningSecret> {
  if (config.given.signing !== null) return readSigningFile(config.given.signing);
  return readSigningFile(Buffer.from(await readKeyFile(config.signingKey, 'signing key')).toString('utf8'));
}
