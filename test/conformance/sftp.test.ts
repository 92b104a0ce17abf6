import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sftpStorage } from '../../src/adapters/storage/sftp.ts';
import { checkStorage } from '../../src/core/storage-check.ts';
import type { Storage } from '../../src/ports/storage.ts';
import { halfWritten } from '../support/half-written.ts';
import { type Sshd, startSshd } from '../support/servers/sshd.ts';
import { tcpRelay } from '../support/servers/tcp-relay.ts';
import { bufferOf } from '../support/snapshots.ts';
import { stock } from '../support/stock.ts';
import { temporaryDirectory, tree } from '../support/temporary.ts';
import { transferred } from '../support/transfer.ts';
import { storageContract } from './storage-contract.ts';

let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd();
});

afterAll(async () => sshd[Symbol.asyncDispose]());

interface Client {
  readonly port?: number;
  readonly home?: string;
  readonly env?: Record<string, string>;
  readonly patience?: number;
  readonly query?: string;
}

function at(
  path: string,
  { port = sshd.port, home = sshd.home, env = {}, query = '', patience }: Client = {},
): Storage {
  const url = new URL(`sftp://${sshd.user}@127.0.0.1:${port}${path}${query}`);
  return sftpStorage(url, { env, home }, patience === undefined ? {} : { patience });
}

storageContract('sftp://', async () => {
  const path = await sshd.directory();
  return {
    storage: at(path),
    litter: halfWritten(path, { user: '4242' }),
    plant: async (keys) => {
      await tree(path, Object.fromEntries(keys.map((key) => [key, 'x'])));
      await stock('chown', ['-R', '4242', path]);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
});

const MiB = 1024 * 1024;

/** A client's home directory of its own, with what a test puts into `.ssh`. */
async function homeWith(files: Readonly<Record<string, string>>): Promise<AsyncDisposable & { readonly path: string }> {
  const home = await temporaryDirectory();
  await mkdir(join(home.path, '.ssh'), { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(home.path, '.ssh', name), text, { mode: 0o600 });
  }
  return home;
}

const ssh = (name: string): Promise<string> => readFile(join(sshd.home, '.ssh', name), 'utf8');

describe('sftp:// lets nobody in the middle', { timeout: 30_000 }, () => {
  test('a host whose key is not known is refused, and the hint says how to learn it', async () => {
    await using home = await homeWith({ id_ed25519: await ssh('id_ed25519') });
    await expect(at('/tmp', { home: home.path }).put('a/x', new Blob(['x']))).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringMatching(/not known: SHA256:\S{43}/) as string,
      hint: expect.stringContaining(`ssh-keyscan -p ${sshd.port} 127.0.0.1`) as string,
    });
  });

  test('a host whose key has changed is refused', async () => {
    await using home = await homeWith({ id_ed25519: await ssh('id_ed25519') });
    const other = (await ssh('id_ed25519.pub')).split(' ').slice(0, 2).join(' ');
    await writeFile(join(home.path, '.ssh', 'known_hosts'), `[127.0.0.1]:${sshd.port} ${other}\n`);
    await expect(at('/tmp', { home: home.path }).put('a/x', new Blob(['x']))).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining(`ssh-keygen -R '[127.0.0.1]:${sshd.port}'`) as string,
    });
  });

  test('a host is known by a hashed name too, and by the one key of it that is known', async () => {
    await using home = await homeWith({ id_ed25519: await ssh('id_ed25519') });
    const known = join(home.path, '.ssh', 'known_hosts');
    const rsa = (await ssh('known_hosts')).split('\n').filter((line) => line.includes('ssh-rsa'));
    await writeFile(known, `${rsa.join('\n')}\n`);
    await stock('ssh-keygen', ['-H', '-f', known]);
    expect(await readFile(known, 'utf8')).toMatch(/^\|1\|/);
    await at(await sshd.directory(), { home: home.path }).put('a/x', new Blob(['x']));
  });
});

describe('sftp:// logs in', { timeout: 30_000 }, () => {
  test('with the key that the location names, and not with another', async () => {
    const path = await sshd.directory();
    await using home = await homeWith({ known_hosts: await ssh('known_hosts'), backup: await ssh('id_ed25519') });
    await at(path, { home: home.path, query: '?identity=~/.ssh/backup' }).put('a/x', new Blob(['x']));
    const lost = at(path, { home: home.path, query: '?identity=~/.ssh/lost' });
    await expect(lost.put('a/y', new Blob(['x']))).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringContaining('.ssh/lost (ENOENT)') as string,
    });
  });

  test('with a password from the environment; a wrong one is refused and not repeated', async () => {
    const path = await sshd.directory();
    await using home = await homeWith({ known_hosts: await ssh('known_hosts') });
    const env = { CLAWBACK_SFTP_PASSWORD: sshd.password };
    await at(path, { home: home.path, env }).put('a/x', new Blob(['x']));
    const wrong = at(path, { home: home.path, env: { CLAWBACK_SFTP_PASSWORD: 'not the password' } });
    const put = wrong.put('a/y', new Blob(['x']));
    await expect(put).rejects.toMatchObject({ code: 'DENIED' });
    await expect(put).rejects.toThrow(/^((?!not the password).)*$/);
  });

  test('with an ssh-agent, and without one that is gone', async () => {
    const path = await sshd.directory();
    await using home = await homeWith({ known_hosts: await ssh('known_hosts') });
    const socket = join(home.path, 'agent');
    const started = (await stock('ssh-agent', ['-s', '-a', socket])).toString();
    try {
      await stock('env', [`SSH_AUTH_SOCK=${socket}`, 'ssh-add', '-q', join(sshd.home, '.ssh', 'id_ed25519')]);
      await at(path, { home: home.path, env: { SSH_AUTH_SOCK: socket } }).put('a/x', new Blob(['x']));
    } finally {
      process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]));
    }
    await at(path, { env: { SSH_AUTH_SOCK: join(home.path, 'gone') } }).put('a/y', new Blob(['x']));
  });

  test('not with a key that nobody let in, and says which keys it could not use', async () => {
    await using home = await homeWith({ known_hosts: await ssh('known_hosts') });
    await stock('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home.path, '.ssh', 'id_ed25519')]);
    await stock('ssh-keygen', ['-q', '-t', 'rsa', '-N', 'secret', '-f', join(home.path, '.ssh', 'id_rsa')]);
    await expect(at('/tmp', { home: home.path }).put('a/x', new Blob(['x']))).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringMatching(/authorized_keys.*id_rsa \(it has a passphrase/) as string,
    });
  });
});

describe('sftp:// on a server in trouble', { timeout: 30_000 }, () => {
  test('a directory that is not there is UNAVAILABLE, and is not made', async () => {
    const path = join(await sshd.directory(), 'nas');
    await expect(at(path).put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(Array.fromAsync(at(path).list(''))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('a directory of somebody else is DENIED', async () => {
    const path = await sshd.directory();
    await chown(path, 0, 0);
    await chmod(path, 0o755);
    await expect(at(path).put('a/x', new Blob(['x']))).rejects.toMatchObject({
      code: 'DENIED',
      hint: expect.stringMatching(/write permission/) as string,
    });
  });

  test('an object that may not be read is DENIED', async () => {
    const path = await sshd.directory();
    await writeFile(join(path, 'x'), 'x', { mode: 0o600 });
    await expect(at(path).get('x')).rejects.toMatchObject({ code: 'DENIED' });
  });

  test('a full disk is NO_SPACE, a read-only one DENIED, and neither keeps anything', async () => {
    const path = await sshd.directory();
    await using disk = await sshd.mount(path, 'size=1m');
    await expect(at(path).put('a/x', new Blob([randomBytes(2 * MiB)]))).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(await Array.fromAsync(at(path).list(''))).toEqual([]);
    await disk.remount('ro');
    await expect(at(path).put('b/x', new Blob(['x']))).rejects.toMatchObject({ code: 'DENIED' });
  });

  test('a connection cut in the middle of a put is UNAVAILABLE, shows nothing, and the next put connects anew', async () => {
    const path = await sshd.directory();
    await using relay = await tcpRelay(sshd.port);
    await using home = await knowing(relay.port);
    const storage = at(path, { port: relay.port, home: home.path });
    const body = new Blob([randomBytes(4 * MiB)]);
    relay.cutAfter(MiB, 'client');
    await expect(storage.put('a/x', body)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await Array.fromAsync(storage.list(''))).toEqual([]);
    await storage.put('a/x', body);
    expect(await Array.fromAsync(storage.list(''))).toEqual([{ key: 'a/x', size: 4 * MiB }]);
  });

  test('a directory that is removed in the middle of a put is NOT_FOUND, and is not made again', async () => {
    const path = await sshd.directory();
    const pieces = [randomBytes(MiB), randomBytes(MiB)];
    const body = Object.assign(new Blob(pieces), {
      stream: () =>
        ReadableStream.from(
          (async function* () {
            yield pieces[0];
            await rm(path, { recursive: true });
            yield pieces[1];
          })(),
        ),
    });
    await expect(at(path).put('a/x', body)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(existsSync(path)).toBe(false);
  });

  test('a connection cut in the middle of a get is UNAVAILABLE, never a short read', async () => {
    const path = await sshd.directory();
    await using relay = await tcpRelay(sshd.port);
    await using home = await knowing(relay.port);
    const storage = at(path, { port: relay.port, home: home.path });
    await storage.put('a/x', new Blob([randomBytes(4 * MiB)]));
    relay.cutAfter(MiB, 'server');
    await expect(storage.get('a/x').then(bufferOf)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test.each(['before it has said who it is', 'in the middle of a put'])(
    'a server that goes silent %s',
    async (when) => {
      const path = await sshd.directory();
      await using relay = await tcpRelay(sshd.port);
      await using home = await knowing(relay.port);
      const storage = at(path, { port: relay.port, home: home.path, patience: 500 });
      if (when.startsWith('in')) await storage.put('a/first', new Blob(['x']));
      relay.freeze();
      await expect(storage.put('a/x', new Blob([randomBytes(MiB)]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    },
  );

  test('a port where nobody listens is UNAVAILABLE', async () => {
    await expect(at('/tmp', { port: 1 }).put('a/x', new Blob(['x']))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('an old half written object is swept, links are not listed, foreign files are and stay', async () => {
    const path = await sshd.directory();
    await mkdir(join(path, 'a'));
    await chown(join(path, 'a'), 4242, 4242);
    const part = (n: number): string => `.clawback-00000000-0000-4000-8000-00000000000${n}.part`;
    for (const n of [1, 2]) await writeFile(join(path, 'a', part(n)), 'x');
    await utimes(join(path, 'a', part(1)), 1_000_000, 1_000_000);
    await symlink('/etc/passwd', join(path, 'a', 'link'));
    await writeFile(join(path, 'a', 'photo one.jpg'), 'x');
    await at(path).put('a/x', new Blob(['x']));
    expect((await readdir(join(path, 'a'))).sort()).toEqual([part(2), 'link', 'photo one.jpg', 'x']);
    const keys = await Array.fromAsync(at(path).list('a/'), ({ key }) => key);
    expect(keys).toEqual(['a/photo one.jpg', 'a/x']);
  });
});

test('a server that lets put and list alone is fit for backups', { timeout: 30_000 }, async () => {
  await using vault = await startSshd(['read', 'remove', 'rmdir', 'symlink', 'setstat', 'fsetstat', 'posix-rename']);
  const url = new URL(`sftp://${vault.user}@127.0.0.1:${vault.port}${await vault.directory()}`);
  const storage = sftpStorage(url, { env: {}, home: vault.home });
  const ports = { now: () => performance.now(), serverTime: () => Promise.resolve(null), onStep: () => undefined };
  const report = await checkStorage(storage, ports, new AbortController().signal);
  const refused = report.steps.filter(({ status }) => status !== 'ok').map(({ id, status }) => [id, status]);
  expect(refused).toEqual(['read', 'range', 'delete'].map((id) => [id, 'warn']));
});

test.each(['sftp://user:secret@host/path', 'sftp://host/path?key=x'])(
  '%s is refused, and the secret not said again',
  (text) => {
    const open = (): Storage => sftpStorage(new URL(text), { env: {}, home: '/' });
    expect(open).toThrow(expect.objectContaining({ code: 'CONFIG' }) as Error);
    expect(open).toThrow(/^((?!secret).)*$/);
  },
);

test('a process that used sftp:// ends by itself, at once', { timeout: 30_000 }, async () => {
  const path = await sshd.directory();
  const adapter = fileURLToPath(new URL('../../src/adapters/storage/sftp.ts', import.meta.url));
  const script = `
    import { sftpStorage } from ${JSON.stringify(adapter)};
    const url = new URL(${JSON.stringify(`sftp://${sshd.user}@127.0.0.1:${sshd.port}${path}`)});
    const storage = sftpStorage(url, { env: {}, home: ${JSON.stringify(sshd.home)} });
    await storage.put('a/x', new Blob(['x']));
    const began = performance.now();
    process.on('exit', () => console.log(performance.now() - began < 1000));`;
  const said = await stock(process.execPath, ['--input-type=module', '-e', script]);
  expect(said.toString()).toBe('true\n');
});

test('sftp:// takes 300 MiB up and down in less than 250 MiB of memory', async () => {
  const url = `sftp://${sshd.user}@127.0.0.1:${sshd.port}${await sshd.directory()}`;
  const { isWhole, peak } = await transferred(url, 300, { HOME: sshd.home, SSH_AUTH_SOCK: undefined });
  expect(isWhole).toBe(true);
  expect(peak).toBeLessThan(250 * MiB);
}, 120_000);

/** The client's home directory for a server that is reached through another port. */
async function knowing(port: number): Promise<AsyncDisposable & { readonly path: string }> {
  const home = await homeWith({ known_hosts: (await ssh('known_hosts')).replaceAll(String(sshd.port), String(port)) });
  await copyFile(join(sshd.home, '.ssh', 'id_ed25519'), join(home.path, '.ssh', 'id_ed25519'));
  return home;
}
