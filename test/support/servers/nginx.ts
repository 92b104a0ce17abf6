import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../openclaw.ts';
import { temporaryDirectory } from '../temporary.ts';
import { startDaemon } from './daemon.ts';
import type { DavServer } from './dav-server.ts';

const USER = 'clawback';
const PASSWORD = 'correct-horse-battery';

/** Debian's nginx with the extended DAV module on loopback, Basic authentication. */
export async function startNginx(): Promise<DavServer> {
  const place = await temporaryDirectory();
  const at = (...names: string[]): string => join(place.path, ...names);
  const port = await freePort();
  await chmod(place.path, 0o777);
  await mkdir(at('served'));
  await chmod(at('served'), 0o777);
  await writeFile(at('users'), `${USER}:{PLAIN}${PASSWORD}\n`);
  await writeFile(
    at('nginx.conf'),
    `load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
    daemon off;
    user www-data;
    worker_processes 1;
    pid ${at('pid')};
    error_log ${at('error.log')};
    events {}
    http {
      access_log off;
      client_max_body_size 0;
      client_body_temp_path ${at('bodies')};
      proxy_temp_path ${at('proxy')};
      fastcgi_temp_path ${at('fastcgi')};
      uwsgi_temp_path ${at('uwsgi')};
      scgi_temp_path ${at('scgi')};
      dav_ext_lock_zone zone=locks:1m;
      server {
        listen 127.0.0.1:${port};
        root ${at('served')};
        auth_basic test;
        auth_basic_user_file ${at('users')};
        location / {
          dav_methods PUT DELETE MKCOL MOVE;
          dav_ext_methods PROPFIND OPTIONS LOCK UNLOCK;
          dav_ext_lock zone=locks;
          create_full_put_path on;
        }
        location /small/ {
          dav_methods PUT;
          dav_ext_methods PROPFIND;
          client_max_body_size 1k;
        }
      }
    }
    `,
  );
  const daemon = await startDaemon('/usr/sbin/nginx', ['-e', at('error.log'), '-c', at('nginx.conf')], port);
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
