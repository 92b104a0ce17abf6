import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A fresh directory, removed with everything in it at the end of its scope. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'clawback-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Content of a file, `null` for an empty directory, or `{ link }` for a symlink; by relative path. */
export type Tree = Readonly<Record<string, string | Uint8Array | null | { readonly link: string }>>;

/** Builds files under `directory`. */
export async function tree(directory: string, files: Tree): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(content === null ? path : dirname(path), { recursive: true });
    if (content === null) continue;
    if (typeof content === 'object' && 'link' in content) await symlink(content.link, path);
    else await writeFile(path, content);
  }
}
