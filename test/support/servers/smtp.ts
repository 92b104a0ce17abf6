import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

const run = promisify(execFile);

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Null if nobody has logged in. */
  readonly user: string | null;
  readonly encrypted: boolean;
  readonly source: string;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly Mail[];
}

/** A certificate for `localhost` that no authority has signed: its own path is what a client may be told to trust. */
export async function selfSigned(
  directory: string,
): Promise<{ readonly key: string; readonly cert: string; readonly path: string }> {
  const [keyPath, path] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await run('openssl', [...words, ...names, '-keyout', keyPath, '-out', path]);
  return { key: await readFile(keyPath, 'utf8'), cert: await readFile(path, 'utf8'), path };
}

/** The SMTP server of Nodemailer's family, which lets `claw@example.org` in with the password `hunter2 &+`. */
export async function mailServer(options: SMTPServerOptions): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    ...options,
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'claw@example.org' && password === 'hunter2 &+') done(null, { user: username });
      else done(Object.assign(new Error(`no such login: ${String(password)}`), { responseCode: 535 }));
    },
    onRcptTo: ({ address }, _session, done) => {
      if (address.startsWith('nobody')) done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      else done();
    },
    onData: (stream, { envelope, user, secure }, done) => {
      void text(stream).then((source) => {
        const { mailFrom, rcptTo } = envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: user === undefined ? null : String(user),
          encrypted: secure,
          source,
        });
        done();
      });
    },
  });
  // A client that gives up, as some here shall, is no failure of the server.
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port,
    mails,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}
