import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../openclaw.ts';
import { stock } from '../stock.ts';
import { temporaryDirectory } from '../temporary.ts';
import { startDaemon } from './daemon.ts';

/** The user that may log in exists only for this server, in its own view of `/etc/passwd`. */
const USER = { name: 'clawback', uid: 4242, password: 'correct horse battery' } as const;
/** `openssl passwd -6` of the password. */
const HASH = '$6$clawback$CH5HklwFDMPstg7VUKbm2TJRqGl03hTS1Ct2gdbOxOYnfgZFNy830MjsMhAr.pGnfaAcUVq40pj/fLulvDAHC/';

const HOST_KEYS = ['ed25519', 'rsa'];

export interface Sshd extends AsyncDisposable {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** A client's home directory, with a key in `.ssh` that is let in, and the server's host keys known. */
  readonly home: string;
  /** Makes a fresh directory on the server that the user may write to; its absolute path. */
  directory(): Promise<string>;
  /** Mounts a file system in memory over a directory of the server, which alone sees it. */
  mount(directory: string, options: string): Promise<AsyncDisposable & { remount(options: string): Promise<void> }>;
}

/**
 * Debian's OpenSSH server on loopback, SFTP alone.
 *
 * @param denied requests that it refuses, as `internal-sftp -P` takes them.
 */
export async function startSshd(denied: readonly string[] = []): Promise<Sshd> {
  const place = await temporaryDirectory();
  const at = (...names: string[]): string => join(place.path, ...names);
  await chmod(place.path, 0o755);
  await mkdir(at('home', '.ssh'), { recursive: true, mode: 0o700 });
  const port = await freePort();
  for (const type of HOST_KEYS) {
    await stock('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', at(`host_${type}`)]);
  }
  await stock('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('home', '.ssh', 'id_ed25519')]);
  await writeFile(at('authorized_keys'), await readFile(at('home', '.ssh', 'id_ed25519.pub')));
  const hostKeys = await Promise.all(HOST_KEYS.map((type) => readFile(at(`host_${type}.pub`), 'utf8')));
  await writeFile(at('home', '.ssh', 'known_hosts'), hostKeys.map((key) => `[127.0.0.1]:${port} ${key}`).join(''));
  await writeFile(at('passwd'), await accounts());
  await writeFile(at('shadow'), `root:*:::::::\n${USER.name}:${HASH}:::::::\n`);
  await writeFile(
    at('sshd_config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${at('host_ed25519')}`,
      `HostKey ${at('host_rsa')}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      'PidFile none',
      `AllowUsers ${USER.name}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication yes',
      'MaxStartups 100',
      'Subsystem sftp internal-sftp',
      `ForceCommand internal-sftp${denied.length === 0 ? '' : ` -P ${denied.join(',')}`}`,
      '',
    ].join('\n'),
  );
  // Its own mount namespace: a user and a password that the machine does not have, and its own /run/sshd.
  const script = `
    mount --bind '${at('passwd')}' /etc/passwd && mount --bind '${at('shadow')}' /etc/shadow &&
    mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec /usr/sbin/sshd -D -e -f '${at('sshd_config')}'`;
  const daemon = await startDaemon('unshare', ['--mount', 'sh', '-c', script], port);
  let directories = 0;
  return {
    port,
    user: USER.name,
    password: USER.password,
    home: at('home'),
    directory: async () => {
      const path = at(`served-${directories++}`);
      await mkdir(path, { mode: 0o700 });
      await chown(path, USER.uid, USER.uid);
      return path;
    },
    mount: async (path, options) => {
      const inside = (...words: string[]): Promise<Buffer> =>
        stock('nsenter', ['--mount', '--target', String(daemon.pid), '--', ...words]);
      await inside('mount', '-t', 'tmpfs', '-o', `${options},uid=${USER.uid},gid=${USER.uid}`, 'tmpfs', path);
      return {
        remount: async (other) => {
          await inside('mount', '-o', `remount,${other}`, path);
        },
        [Symbol.asyncDispose]: async () => {
          await inside('umount', '-l', path);
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

/** root, the unprivileged half of sshd, and the user. */
async function accounts(): Promise<string> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  const kept = lines.filter((line) => /^(root|sshd):/.test(line));
  return [...kept, `${USER.name}:x:${USER.uid}:${USER.uid}::/tmp:/usr/sbin/nologin`, ''].join('\n');
}
