import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { ClawbackError } from '../../ports/errors.ts';

export interface SftpHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** What to log in with, in the order in which it is tried. */
export interface Login {
  readonly methods: AnyAuthMethod[];
  /** Key files that could not be used, and why, for the hint when nothing else lets us in. */
  readonly unusable: readonly string[];
}

/**
 * The key file that the location names; else the keys of the ssh-agent, those in `~/.ssh`, and the password in
 * `CLAWBACK_SFTP_PASSWORD`.
 *
 * @throws ClawbackError `DENIED` if there is nothing to log in with.
 */
export async function findLogin(username: string, identity: string | null, { env, home }: SftpHost): Promise<Login> {
  const { default: ssh2 } = await import('ssh2');
  const methods: AnyAuthMethod[] = [];
  const unusable: string[] = [];
  const agent = env['SSH_AUTH_SOCK'];
  const password = env['CLAWBACK_SFTP_PASSWORD'];
  if (identity === null && agent !== undefined && agent !== '') methods.push({ type: 'agent', username, agent });
  const files = identity === null ? await usualKeyFiles(home) : [identity.replace(/^~(?=\/)/, home)];
  for (const file of files) {
    const key = await readFile(file).then(
      (bytes): ParsedKey | Error => ssh2.utils.parseKey(bytes),
      (error: unknown) => error as Error,
    );
    if (key instanceof Error) unusable.push(`${file} (${reasonOf(key)})`);
    else methods.push({ type: 'publickey', username, key });
  }
  if (identity === null && password !== undefined && password !== '') {
    methods.push({ type: 'password', username, password });
  }
  if (methods.length > 0) return { methods, unusable };
  throw new ClawbackError('DENIED', `there is no key to log in with as ${username}`, {
    hint: noKeyHint(unusable),
  });
}

export function noKeyHint(unusable: readonly string[]): string {
  const usual = 'put the public key of a key in ~/.ssh, the ssh-agent or ?identity=FILE into authorized_keys there';
  return unusable.length === 0 ? usual : `${usual}; could not use ${unusable.join(', ')}`;
}

/** `id_*` with its public half beside it, as ssh-keygen leaves them. */
async function usualKeyFiles(home: string): Promise<string[]> {
  const directory = join(home, '.ssh');
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => /^id_[a-z0-9]+$/.test(name)).map((name) => join(directory, name));
}

function reasonOf(error: Error): string {
  if (/encrypted/i.test(error.message)) return 'it has a passphrase: add it to the ssh-agent';
  return 'code' in error ? String(error.code) : 'not a private key';
}
