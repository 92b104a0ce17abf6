import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { ClawbackError } from '../../ports/errors.ts';
import { judgeHostKey, knownName, type KnownHost, linesAbout, parseKnownHosts } from './known-hosts.ts';

interface NamedHost {
  readonly host: string;
  readonly port: number;
}

/** The best first; without `ssh-rsa`, whose SHA-1 signatures OpenSSH no longer accepts either. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** What `known_hosts` calls the key of an algorithm, where it is called otherwise. */
const KEY_TYPES: Readonly<Partial<Record<ServerHostKeyAlgorithm, string>>> = {
  'rsa-sha2-512': 'ssh-rsa',
  'rsa-sha2-256': 'ssh-rsa',
};

/** Every line of the `known_hosts` files about a host. */
export async function knownKeysOf({ host, port }: NamedHost, home: string): Promise<KnownHost[]> {
  const files = ['.ssh/known_hosts', '.ssh/known_hosts2'].map((name) => join(home, name));
  const texts = await Promise.all(
    [...files, '/etc/ssh/ssh_known_hosts'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  return linesAbout(knownName(host, port), texts.flatMap(parseKnownHosts));
}

/** Asks for the kinds of key that are known first, or a host with several would show one that is not. */
export function algorithmsFor(known: readonly KnownHost[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: ServerHostKeyAlgorithm): boolean =>
    known.some(({ type, isRevoked }) => !isRevoked && (KEY_TYPES[algorithm] ?? algorithm) === type);
  return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
}

/** Why the key that a host shows is not taken; null if it is. */
export function hostKeyRefusal(
  key: Buffer,
  known: readonly KnownHost[],
  { host, port }: NamedHost,
): ClawbackError | null {
  const verdict = judgeHostKey(key, known);
  const scan = `ssh-keyscan${port === 22 ? '' : ` -p ${port}`} ${host} >> ~/.ssh/known_hosts`;
  const fingerprint = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
  switch (verdict) {
    case 'known':
      return null;
    case 'unknown':
      return new ClawbackError('DENIED', `the host key of ${host} is not known: ${fingerprint}`, {
        hint: `compare it with what the server's owner says, then: ${scan}`,
      });
    case 'revoked':
      return new ClawbackError('DENIED', `the host key of ${host} is revoked: ${fingerprint}`, {
        hint: 'do not use this server until its owner has given it a new key',
      });
    case 'changed':
      return new ClawbackError('DENIED', `the host key of ${host} is not the one in known_hosts: ${fingerprint}`, {
        hint: `somebody may be listening in. If the server was set up anew: ssh-keygen -R '${knownName(host, port)}' && ${scan}`,
      });
  }
}
