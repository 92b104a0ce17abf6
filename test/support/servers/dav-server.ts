import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface DavServer extends AsyncDisposable {
  readonly port: number;
  /** Variables with which a client is let in. */
  readonly environment: Readonly<Record<string, string>>;
  /** The directory that is served at `/`. */
  readonly root: string;
}

let collections = 0;

/** Makes a fresh collection. */
export async function freshCollection({
  root,
  port,
}: DavServer): Promise<{ readonly url: URL; readonly path: string }> {
  const name = `collection-${collections++}`;
  await mkdir(join(root, name));
  await chmod(join(root, name), 0o777);
  return { url: new URL(`webdav://127.0.0.1:${port}/${name}`), path: join(root, name) };
}
