/** Shorter values are words such as `1` or `true`, and replacing them would garble the text for nothing. */
const SHORTEST = 6;

/** Replaces every secret in a text that people will read. */
export function maskSecrets(text: string, secrets: Iterable<string>): string {
  let masked = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret.length >= SHORTEST) masked = masked.replaceAll(secret, '***');
  }
  return masked;
}
