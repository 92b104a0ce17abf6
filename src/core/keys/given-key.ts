/** Marks that stand in every identity file, sealed or not, and in every signing key file, and in no path. */
const IDENTITY = /AGE-SECRET-KEY-|age-encryption\.org\/v1|-----BEGIN AGE ENCRYPTED FILE-----/;
const SIGNING = 'ed25519-secret:';

/**
 * True for text that is a key itself and not the path of its file: platforms without files to mount give secrets as variables.
 * Such text must reach no message.
 */
export function isKeyText(text: string): boolean {
  return IDENTITY.test(text) || text.includes(SIGNING);
}
