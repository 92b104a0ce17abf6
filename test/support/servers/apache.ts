import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../openclaw.ts';
import { temporaryDirectory } from '../temporary.ts';
import { startDaemon } from './daemon.ts';
import type { DavServer } from './dav-server.ts';

const USER = 'clawback';
const PASSWORD = 'correct-horse-battery';

/** Debian's Apache with mod_dav on loopback, Basic authentication. */
export async function startApache(): Promise<DavServer> {
  const place = await temporaryDirectory();
  const at = (...names: string[]): string => join(place.path, ...names);
  const port = await freePort();
  await chmod(place.path, 0o777);
  await mkdir(at('served'));
  await chmod(at('served'), 0o777);
  await writeFile(at('users'), `${USER}:{SHA}${await sha1(PASSWORD)}\n`);
  const modules = ['mpm_event', 'authz_core', 'authz_user', 'auth_basic', 'authn_core', 'authn_file', 'dav', 'dav_fs'];
  await writeFile(
    at('apache.conf'),
    [
      `ServerRoot ${place.path}`,
      'ServerName 127.0.0.1',
      `Listen 127.0.0.1:${port}`,
      `PidFile ${at('pid')}`,
      `ErrorLog ${at('error.log')}`,
      'User www-data',
      'Group www-data',
      ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
      `DavLockDB ${at('locks')}`,
      `DocumentRoot ${at('served')}`,
      '<Location />',
      '  Dav On',
      '  AuthType Basic',
      '  AuthName test',
      `  AuthUserFile ${at('users')}`,
      '  Require valid-user',
      '</Location>',
      // As docs/storage.md advises.
      '<Location /vault/>',
      '  <LimitExcept OPTIONS PROPFIND PUT MKCOL MOVE>',
      '    Require all denied',
      '  </LimitExcept>',
      '</Location>',
      '<LocationMatch "^/vault/(.*/)?~clawback-[^/]*/?$">',
      '  <Limit DELETE>',
      '    Require valid-user',
      '  </Limit>',
      '</LocationMatch>',
      '<LocationMatch "^/forbidden/">',
      '  <LimitExcept PROPFIND>',
      '    Require all denied',
      '  </LimitExcept>',
      '</LocationMatch>',
      '',
    ].join('\n'),
  );
  const daemon = await startDaemon('/usr/sbin/apache2', ['-f', at('apache.conf'), '-DFOREGROUND'], port);
  return {
    port,
    environment: { CLAWBACK_WEBDAV_USER: USER, CLAWBACK_WEBDAV_PASSWORD: PASSWORD },
    root: at('served'),
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

async function sha1(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-1', Buffer.from(text))).toString('base64');
}
