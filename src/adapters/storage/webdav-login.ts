import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import { netrcEntry } from './netrc.ts';
import { WebdavClient } from './webdav-client.ts';

export interface WebdavHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * A client for the collection at `webdav://` (plain HTTP) or `webdavs://`. It logs in with what the environment says, else
 * with what `~/.netrc` has for the host; a name in the location goes before both.
 */
export async function webdavClient(url: URL, host: WebdavHost, patience: number): Promise<WebdavClient> {
  const { AuthType, createClient } = await import('webdav');
  const { username, password } = await credentials(url, host);
  const base = `${url.protocol === 'webdavs:' ? 'https' : 'http'}://${url.host}${url.pathname.replace(/\/+$/, '')}`;
  const client = createClient(base, {
    // Basic or Digest, as the server asks for.
    authType: password === '' ? AuthType.None : AuthType.Auto,
    username,
    password,
    // Without agents of its own the library closes the connection after each request.
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
  });
  return new WebdavClient(base, client, patience);
}

async function credentials(url: URL, { env, home }: WebdavHost): Promise<{ username: string; password: string }> {
  const named = decodeURIComponent(url.username);
  const password = env['CLAWBACK_WEBDAV_PASSWORD'] ?? '';
  if (password !== '') return { username: named === '' ? (env['CLAWBACK_WEBDAV_USER'] ?? '') : named, password };
  const netrc = await readFile(env['NETRC'] ?? join(home, '.netrc'), 'utf8').catch(() => '');
  const entry = netrcEntry(netrc, url.hostname);
  return { username: named === '' ? (entry?.login ?? '') : named, password: entry?.password ?? '' };
}
