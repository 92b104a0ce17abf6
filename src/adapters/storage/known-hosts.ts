import { createHmac } from 'node:crypto';

/** One line of a `known_hosts` file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  /** Patterns with commas between, or one hashed name: `|1|salt|hash`. */
  readonly names: string;
  readonly isRevoked: boolean;
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  /** The key in the wire format, base64. */
  readonly key: string;
}

export type HostKeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

/** Lines that cannot be used are left out: comments, broken ones, and certificate authorities, which ssh2 does not support. */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const marker = fields[0]?.startsWith('@') === true ? fields.shift() : undefined;
    const [names, type, key] = fields;
    if (names === undefined || type === undefined || key === undefined) return [];
    if (names.startsWith('#') || marker === '@cert-authority') return [];
    return [{ names, isRevoked: marker === '@revoked', type, key }];
  });
}

/** The name that `known_hosts` has for a host: with its port only if that is not 22. */
export function knownName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** The lines about a host. */
export function linesAbout(name: string, lines: readonly KnownHost[]): KnownHost[] {
  return lines.filter(({ names }) => (names.startsWith('|1|') ? isHashOf(names, name) : matchesPatterns(names, name)));
}

/**
 * What the lines about a host say of the key that it shows.
 *
 * @param key in the wire format
 */
export function judgeHostKey(key: Buffer, lines: readonly KnownHost[]): HostKeyVerdict {
  const shown = key.toString('base64');
  if (lines.some((line) => line.isRevoked && line.key === shown)) return 'revoked';
  const trusted = lines.filter(({ isRevoked }) => !isRevoked);
  if (trusted.some((line) => line.key === shown)) return 'known';
  return trusted.length === 0 ? 'unknown' : 'changed';
}

function isHashOf(hashed: string, name: string): boolean {
  const [, , salt = '', hash] = hashed.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` and `?` stand for other characters; a pattern after `!` that fits takes the whole line away. */
function matchesPatterns(patterns: string, name: string): boolean {
  const fits = (pattern: string): boolean => {
    const source = pattern
      .toLowerCase()
      .replace(/[^*?]/g, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${source}$`, 'u').test(name);
  };
  const all = patterns.split(',');
  if (all.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))) return false;
  return all.some((pattern) => fits(pattern));
}
