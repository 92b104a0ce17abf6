import { readIdentityFile, type IdentityFile } from '../core/keys/identity-file.ts';
import { isKeyText } from '../core/keys/given-key.ts';
import { readKit, type Kit } from '../core/keys/kit-file.ts';
import { readKeyFile } from '../core/keys/secret-file.ts';
import { expandPath } from '../core/openclaw/paths.ts';
import type { Context } from './context.ts';

/**
 * The identities to open snapshots with: from the file given on the command line (`-` is standard input), else the
 * config's; null if neither names one, which is no error on a host that can only write.
 *
 * @throws ClawbackError `CONFIG` if the file cannot be read or holds none; `NO_IDENTITY` if its passphrase is wrong.
 */
export async function loadIdentities(file: string | undefined, context: Context): Promise<IdentityFile | null> {
  if (file === '-') return readIdentityFile(await context.readInput(), context.askPassphrase);
  // `--identity` may come from CLAWBACK_IDENTITY, which may hold the key itself.
  const text =
    file !== undefined && isKeyText(file) ? file : file === undefined ? context.config?.given.identity : null;
  if (typeof text === 'string') return readIdentityFile(Buffer.from(text), context.askPassphrase);
  const path =
    file === undefined ? context.config?.identity : expandPath(file, context.host.home, context.paths.workingDirectory);
  if (path === undefined || path === null) return null;
  return readIdentityFile(await readKeyFile(path, 'identity file'), context.askPassphrase);
}

/**
 * The recovery kit given on the command line; `-` is standard input.
 *
 * @throws ClawbackError `CONFIG` if the file cannot be read or is no kit; `NO_IDENTITY` if its passphrase is wrong.
 */
export async function loadKit(file: string, context: Context): Promise<Kit> {
  const { host, paths } = context;
  const bytes =
    file === '-'
      ? await context.readInput()
      : await readKeyFile(expandPath(file, host.home, paths.workingDirectory), 'recovery kit');
  return readKit(bytes, context.askPassphrase);
}
